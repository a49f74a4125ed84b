// family: recursion
// tries: calls itself without end
// expect: error RangeError
// expect: error InternalError

attack(({ size }) => {
  const deeper = (n) => deeper(n + size) + 1;
  return deeper(0);
});
