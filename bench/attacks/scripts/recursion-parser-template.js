// family: recursion
// tries: has the parser read blocks, arrows and templates within each other
// expect: error RangeError
// expect: error InternalError
// expect: error SyntaxError

attack(({ size }) => {
  const depth = 20000 + size;
  return new Function('{'.repeat(depth) + 'return `' + '${`'.repeat(depth))();
});
