// family: heap
// tries: links objects into a list that only grows
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "256MiB", "timeout": "30s"}

attack(({ size }) => {
  let head = null;
  for (let i = 0; i < 300000 + size; i++) head = { next: head, index: i, name: `object ${i}` };
  return `harm: ${head.index}`;
});
