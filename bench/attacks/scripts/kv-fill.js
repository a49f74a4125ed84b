// family: floods
// tries: fills the store of all with what it may keep
// limits: {"memory": "64MiB", "timeout": "30s"}
// expect: ok quota

attack(async () => {
  const value = 'x'.repeat(900000);
  let last = 'ok';
  for (let i = 0; i < 30 && last === 'ok'; i++) {
    const outcome = await cloche.hostcall('kv.set', { key: `k${i}`, value });
    last = outcome.code ?? outcome.status;
  }
  for (let i = 0; i < 30; i++) await cloche.kv.delete(`k${i}`);
  return last;
});
