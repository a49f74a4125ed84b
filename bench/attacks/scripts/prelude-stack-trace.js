// family: prelude
// tries: gets hold of the prelude's entrance by a hook of stack traces, and calls it as the host would
// expect: ok got nothing
// expect: ok 1
// expect: ok got it, and found false

let entrance;
Error.prepareStackTrace = (error, sites) => {
  for (const site of sites) {
    const called = site.getFunction?.();
    if (typeof called === 'function' && called.name === 'dispatch') entrance = called;
  }
  return 'trace';
};
attack(async (input, context) => {
  try {
    null.any;
  } catch (error) {
    error.stack;
  }
  if (entrance === undefined) return 'got nothing';
  await entrance('command:ordinary', 'command', 'ordinary', new ArrayBuffer(0), 'neighbour', 1, 1000);
  const outcome = await cloche.hostcall('kv.get', { key: 'secret' });
  return `got it, and found ${outcome.value.found}`;
});
