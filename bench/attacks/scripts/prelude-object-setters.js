// family: prelude
// tries: puts setters on Object.prototype under the names that the prelude uses
// expect: ok 0 true

const seen = [];
for (const name of ['callback', 'resolve', 'reject', 'decode', 'status', 'entry', 'handler', 'host', 'reply']) {
  Object.defineProperty(Object.prototype, name, {
    set(value) { seen.push(name, value); },
    get() { return undefined; },
    configurable: true,
  });
}
attack(async () => {
  setTimeout(() => {}, 1);
  const outcome = await cloche.hostcall('kv.get', { key: 'a' });
  return `${seen.length} ${Object.hasOwn(outcome, 'status')}`;
});
