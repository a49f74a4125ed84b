// family: clock and chance
// tries: draws random bytes without end
// limits: {"fuel": 20000000}
// expect: exhausted fuel
// expect: timed-out
// lifted: {"fuel": 10000000000, "timeout": "30s"}

attack(({ size }) => {
  const bytes = new Uint8Array(65536);
  for (let i = 0; i < 3000 + size; i++) crypto.getRandomValues(bytes);
  return 'harm';
});
