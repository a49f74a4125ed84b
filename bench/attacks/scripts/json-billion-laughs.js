// family: JSON bombs
// tries: writes a small graph whose text is exponential
// limits: {"memory": "16MiB", "timeout": "2s"}
// expect: exhausted memory
// expect: timed-out

attack(({ size }) => {
  let laugh = 'ha'.repeat(size + 1);
  for (let i = 0; i < 40; i++) laugh = [laugh, laugh];
  return JSON.stringify(laugh).length;
});
