// family: identity
// tries: sends requests to addresses that are not the public internet
// manifest: "capabilities":{"http.fetch":{"hosts":["*"]},"log":{},"kv.read":{}}
// expect: ok refused

attack(async () => {
  const rules = new Set();
  const urls = ['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://169.254.169.254/latest',
    'http://[::ffff:10.0.0.1]/', 'http://2130706433:9/', 'http://0x7f.1:9/', 'file:///etc/passwd',
    'http://localhost:9/'];
  for (const url of urls) {
    try {
      await fetch(url);
      rules.add('reached');
    } catch (error) {
      rules.add(error.code ?? error.name);
    }
  }
  return rules.has('reached') ? 'reached' : 'refused';
});
