// family: heap
// tries: gives every object names of its own, so that the engine keeps a shape for each
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "256MiB", "timeout": "30s"}

attack(({ size }) => {
  const kept = [];
  for (let i = 0; i < 100000; i++) {
    const object = {};
    for (let j = 0; j < 8; j++) object[`p${i}_${j}_${size}`] = j;
    kept.push(object);
  }
  return 'harm';
});
