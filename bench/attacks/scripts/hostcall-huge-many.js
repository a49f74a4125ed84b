// family: floods
// tries: keeps requests of a mebibyte under way, beyond what the host holds for a guest
// limits: {"memory": "128MiB"}
// expect: ok bounded

attack(async ({ size }) => {
  const value = 'x'.repeat(1000000 + size);
  const all = Array.from({ length: 40 }, (_, i) => cloche.hostcall('kv.set', { key: `k${i}`, value }));
  const codes = (await Promise.all(all)).map((each) => each.code ?? each.status);
  return codes.includes('backpressure') || codes.includes('quota') ? 'bounded' : 'unbounded';
});
