// family: JSON bombs
// tries: answers that graph, so that the host has it written
// limits: {"memory": "16MiB", "timeout": "2s"}
// expect: exhausted memory
// expect: timed-out

attack(({ size }) => {
  let laugh = 'ha'.repeat(size + 1);
  for (let i = 0; i < 40; i++) laugh = { left: laugh, right: laugh };
  return laugh;
});
