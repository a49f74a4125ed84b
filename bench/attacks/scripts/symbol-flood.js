// family: heap
// tries: registers symbols for ever, which live as long as the engine
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "256MiB", "timeout": "30s"}

attack(({ size }) => {
  const kept = [];
  for (let i = 0; i < 500000; i++) kept.push(Symbol.for(`symbol ${i} of ${size}`));
  return 'harm';
});
