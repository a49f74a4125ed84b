// family: heap
// tries: registers finalizers whose callbacks make more of them
// limits: {"memory": "16MiB", "timeout": "400ms", "microtasks": 20000}
// expect: exhausted microtasks
// expect: timed-out
// expect: exhausted memory

attack(async ({ size }) => {
  const registry = new FinalizationRegistry(() => registry.register({}, 0));
  for (let i = 0; i < 20000 + size; i++) registry.register({}, i);
  for (;;) await null;
});
