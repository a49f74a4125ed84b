// family: time
// tries: has a built-in ask a proxy for each of nine quadrillion elements
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(() => Array.prototype.reduce.call(
  new Proxy({}, { get: (_, key) => (key === 'length' ? Number.MAX_SAFE_INTEGER : 1), has: () => true }),
  (a, b) => a + b));
