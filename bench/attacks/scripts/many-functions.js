// family: code
// tries: compiles new functions without end and keeps them
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: timed-out

attack(({ size }) => {
  const kept = [];
  for (let i = 0; i < 200000; i++) kept.push(new Function('x', `return x + ${i + size}`));
  return 'harm';
});
