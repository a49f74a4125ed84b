// family: regular expressions
// tries: compiles a pattern of a hundred thousand nested groups
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: error SyntaxError
// expect: error RangeError
// expect: error InternalError
// expect: exhausted memory

attack(({ size }) => {
  const depth = 100000 + size;
  return `${new RegExp('('.repeat(depth) + ')'.repeat(depth)).test('')}`;
});
