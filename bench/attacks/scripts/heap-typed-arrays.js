// family: typed arrays
// tries: keeps buffers of a mebibyte each
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "256MiB", "timeout": "30s"}

attack(({ size }) => {
  const kept = [];
  while (kept.length < 48) kept.push(new Uint8Array((1 << 20) + size));
  return `harm: ${kept.length} MiB`;
});
