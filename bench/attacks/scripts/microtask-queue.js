// family: floods
// tries: queues microtasks that are all pending at once
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: timed-out

attack(({ size }) => {
  for (let i = 0; i < 10000000 + size; i++) queueMicrotask(() => i);
  return 'harm';
});
