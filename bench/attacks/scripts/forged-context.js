// family: identity
// tries: changes the context of its call to be somebody else to the host
// expect: ok ok false

let seen;
cloche.constructor;
attack(async (input, context) => {
  context.extension = 'neighbour';
  context.callId = 1;
  Object.defineProperty(Object.prototype, 'extension', { value: 'neighbour' });
  const outcome = await cloche.hostcall('kv.get', { key: 'secret' });
  return `${outcome.status} ${outcome.value.found}`;
});
