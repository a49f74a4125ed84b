// family: floods
// tries: sets timers until no more fit
// limits: {"timers": 1000}
// expect: exhausted timers
// lifted: {"timers": 100000}

attack(async ({ size }) => {
  for (let i = 0; i < 5000 + size; i++) setTimeout(() => {}, 100000);
  return 'harm';
});
