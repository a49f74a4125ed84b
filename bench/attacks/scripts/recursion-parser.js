// family: recursion
// tries: has the parser read a hundred thousand brackets
// expect: error RangeError
// expect: error InternalError
// expect: error SyntaxError

attack(({ size }) => {
  const depth = 100000 + size;
  return eval('('.repeat(depth) + '1' + ')'.repeat(depth));
});
