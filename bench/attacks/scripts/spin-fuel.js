// family: time
// tries: works on without looking at the clock
// limits: {"fuel": 3000000}
// expect: exhausted fuel
// lifted: {"fuel": 10000000000}

attack(({ size }) => {
  let sum = 0;
  for (let i = 0; i < 300000 + size; i++) sum ^= i;
  return `harm: ${sum}`;
});
