// family: recursion
// tries: flattens a hundred thousand arrays within each other
// expect: error RangeError
// expect: error InternalError

attack(({ size }) => {
  let nested = [];
  for (let i = 0; i < 100000 + size; i++) nested = [nested];
  return nested.flat(Infinity).length;
});
