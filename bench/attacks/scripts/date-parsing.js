// family: time
// tries: parses and formats dates at the ends of time
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(({ size }) => {
  for (let i = 0; ; i++) new Date(8.64e15 - i - size).toISOString();
});
