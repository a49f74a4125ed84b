// family: time
// tries: loops and does nothing
// limits: {"timeout": "250ms"}
// expect: timed-out
// lifted: {"timeout": "1m"}

attack(({ size }) => {
  let sum = 0;
  for (let i = 0; i < 10000000 + size; i++) sum += i;
  return `harm: ${sum}`;
});
