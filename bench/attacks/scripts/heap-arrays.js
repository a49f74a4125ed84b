// family: heap
// tries: fills the heap with arrays of numbers that stay reachable
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "256MiB", "timeout": "30s"}

attack(({ size }) => {
  const kept = [];
  for (let held = 0; held < 48 << 20; held += 8 * (1000 + size)) kept.push(new Array(1000 + size).fill(held + 0.5));
  return `harm: ${kept.length} arrays`;
});
