// family: recursion
// tries: asks a proxy whose traps ask the proxy
// expect: error RangeError
// expect: error InternalError

attack(() => {
  const proxy = new Proxy({}, { get: (target, key, receiver) => receiver[key], has: (target, key) => key in proxy });
  return proxy.any;
});
