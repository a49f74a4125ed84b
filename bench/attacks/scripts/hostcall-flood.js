// family: floods
// tries: makes hostcalls one after the other without end
// limits: {"hostcalls": 500}
// expect: exhausted hostcalls
// lifted: {"hostcalls": 100000}

attack(async ({ size }) => {
  for (let i = 0; i < 3000 + size; i++) await cloche.hostcall('kv.get', { key: `k${i}` });
  return 'harm';
});
