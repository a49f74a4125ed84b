// family: floods
// tries: prints empty lines without end
// limits: {"hostcalls": 5000}
// expect: exhausted log
// expect: exhausted hostcalls
// lifted: {"hostcalls": 100000, "log": "16MiB"}

attack(() => {
  for (let i = 0; i < 30000; i++) console.log('');
  return 'harm';
});
