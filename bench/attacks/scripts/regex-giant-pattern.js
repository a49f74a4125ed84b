// family: regular expressions
// tries: compiles a pattern whose repetitions multiply
// limits: {"memory": "16MiB", "timeout": "1s"}
// expect: timed-out
// expect: exhausted memory
// expect: error SyntaxError
// expect: error InternalError
// expect: ok false

attack(({ size }) => {
  let pattern = 'a';
  for (let i = 0; i < 6; i++) pattern = `(?:${pattern}){${20 + (size % 10)}}`;
  return `${new RegExp(pattern).test('b')}`;
});
