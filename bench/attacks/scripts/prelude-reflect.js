// family: prelude
// tries: replaces apply, call and bind to see what the prelude calls
// expect: ok seen 0
// expect: error .*

const seen = [];
for (const [object, name] of [[Reflect, 'apply'], [Function.prototype, 'call'], [Function.prototype, 'apply']]) {
  const original = object[name];
  object[name] = function (...args) {
    seen.push(name);
    return Reflect.construct === undefined ? undefined : original.apply(this, args);
  };
}
attack(async () => {
  seen.length = 0;
  await cloche.hostcall('kv.get', { key: 'a' });
  return `seen ${seen.length}`;
});
