// family: regular expressions
// tries: matches with as many groups as fit, many times
// limits: {"memory": "16MiB", "timeout": "400ms"}
// expect: timed-out
// expect: exhausted memory
// expect: error SyntaxError

attack(({ size }) => {
  const pattern = new RegExp('(a?)'.repeat(250) + '$', 'g');
  let count = 0;
  for (;;) count += 'a'.repeat(2000 + size).match(pattern)?.length ?? 0;
});
