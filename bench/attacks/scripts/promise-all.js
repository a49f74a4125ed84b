// family: floods
// tries: waits for a million promises that nobody settles
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory

attack(({ size }) => Promise.all(Array.from({ length: 1000000 + size }, () => new Promise(() => {}))));
