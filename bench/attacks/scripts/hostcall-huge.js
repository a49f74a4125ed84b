// family: floods
// tries: hands a hostcall a parameter of many megabytes
// limits: {"memory": "64MiB"}
// expect: ok invalid_request
// expect: ok quota
// expect: ok backpressure
// expect: exhausted memory

attack(async ({ size }) => {
  const outcome = await cloche.hostcall('kv.set', { key: 'k', value: 'x'.repeat(6000000 + size) });
  return outcome.code ?? outcome.status;
});
