// family: heap
// tries: wraps a function in another without end
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "256MiB", "timeout": "30s"}

attack(() => {
  let last = () => 0;
  for (let i = 0; i < 1000000; i++) {
    const inner = last;
    last = () => inner;
  }
  return `harm: ${typeof last}`;
});
