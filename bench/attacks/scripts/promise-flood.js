// family: floods
// tries: queues a microtask from every microtask
// limits: {"microtasks": 50000}
// expect: exhausted microtasks
// lifted: {"microtasks": 10000000, "timeout": "30s"}

attack(async ({ size }) => {
  let left = 60000 + size;
  const more = () => (left-- > 0 ? Promise.resolve().then(more) : 'harm');
  return await more();
});
