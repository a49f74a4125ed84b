// family: proxies
// tries: answers a proxy with a million keys, each made when it is asked for
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: timed-out

attack(({ size }) => new Proxy({}, {
  ownKeys: () => Array.from({ length: 1000000 + size }, (_, i) => `key ${i}`),
  getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
}));
