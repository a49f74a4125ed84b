// family: heap
// tries: fills a Map and a Set with fresh keys
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "256MiB", "timeout": "30s"}

attack(({ size }) => {
  const map = new Map();
  const set = new Set();
  for (let i = 0; i < 400000; i++) {
    map.set({ i }, `value ${i + size}`);
    set.add(`key ${i}`);
  }
  return 'harm';
});
