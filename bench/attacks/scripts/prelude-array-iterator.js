// family: prelude
// tries: breaks the iterators that spreading relies on
// expect: ok ok
// expect: error .*

Array.prototype[Symbol.iterator] = function* () { yield 'forged'; };
Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true });
attack(async () => {
  const outcome = await cloche.hostcall('kv.get', { key: 'a' });
  return outcome.status;
});
