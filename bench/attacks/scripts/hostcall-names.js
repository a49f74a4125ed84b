// family: floods
// tries: asks for operations under names of every kind
// expect: ok unsupported
// expect: ok (unsupported|invalid_request|policy)(,(unsupported|invalid_request|policy))*

attack(async ({ size }) => {
  const names = ['', '__proto__', 'constructor', 'kv.get\0', '../kv.get', 'KV.GET',
    'x'.repeat(100000 + size), '\ud800', 'ext.lane'];
  const codes = [];
  for (const name of names) codes.push((await cloche.hostcall(name, {})).code);
  return [...new Set(codes)].join();
});
