// family: text and numbers
// tries: hands timers, arrays and random bytes every strange number there is
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: ok survived
// expect: exhausted memory

attack(() => {
  const numbers = [NaN, Infinity, -Infinity, -0, -1, 2 ** 31, 2 ** 32, 2 ** 53, 1e308,
    '9'.repeat(400), {}, null, undefined];
  let failures = 0;
  for (const number of numbers) {
    clearTimeout(number);
    clearTimeout(setTimeout(() => {}, number));
    try {
      crypto.getRandomValues(new Uint8Array(number));
      'x'.repeat(number);
    } catch {
      failures++;
    }
  }
  return 'survived';
});
