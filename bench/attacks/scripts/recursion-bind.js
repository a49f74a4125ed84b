// family: recursion
// tries: calls a function that was bound a hundred thousand times
// expect: error RangeError
// expect: error InternalError
// expect: exhausted memory

attack(({ size }) => {
  let bound = () => 1;
  for (let i = 0; i < 100000 + size; i++) bound = bound.bind(null);
  return bound();
});
