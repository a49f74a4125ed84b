// family: prelude
// tries: replaces the methods of Map that keep handlers and timers
// expect: ok kept 0

const kept = [];
for (const name of ['get', 'set', 'delete', 'has', 'clear']) {
  Map.prototype[name] = function (...args) {
    kept.push(args);
    return () => 'forged';
  };
}
attack(async () => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return `kept ${kept.length}`;
});
