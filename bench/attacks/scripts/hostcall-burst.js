// family: floods
// tries: makes thousands of hostcalls and awaits none
// expect: ok bounded

attack(async ({ size }) => {
  const all = [];
  for (let i = 0; i < 9000; i++) all.push(cloche.hostcall('kv.get', { key: `k${i + size}` }));
  const outcomes = await Promise.all(all);
  const codes = new Set(outcomes.map((each) => each.code ?? each.status));
  return [...codes].every((code) => ['ok', 'backpressure', 'quota'].includes(code)) ? 'bounded' : [...codes].join();
});
