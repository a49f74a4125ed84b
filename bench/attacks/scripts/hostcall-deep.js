// family: floods
// tries: hands a hostcall parameters nested ten thousand times
// expect: ok invalid_request
// expect: error RangeError

attack(async () => {
  let nested = 1;
  for (let i = 0; i < 1500; i++) nested = [nested];
  const outcome = await cloche.hostcall('kv.set', { key: 'k', value: nested });
  return outcome.code ?? outcome.status;
});
