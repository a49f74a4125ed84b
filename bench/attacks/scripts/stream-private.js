// family: identity
// tries: reads in parts what it may not read whole, from addresses that are not the public internet
// manifest: "capabilities":{"http.fetch":{"hosts":["*"]},"log":{},"kv.read":{},"kv.write":{}}
// expect: ok refused

attack(async () => {
  const seen = new Set();
  for (const url of ['http://127.0.0.1:9/', 'http://[::ffff:10.0.0.1]/', 'http://169.254.169.254/latest']) {
    try {
      for await (const part of (await fetch(url, { stream: true })).body) seen.add(part.length);
    } catch (error) {
      seen.add(error.code ?? error.name);
    }
  }
  return [...seen].every((each) => each === 'policy') ? 'refused' : [...seen].join();
});
