// family: recursion
// tries: clones a list of a hundred thousand links
// expect: error RangeError
// expect: error InternalError
// expect: exhausted memory

attack(({ size }) => {
  let list = null;
  for (let i = 0; i < 100000 + size; i++) list = { list };
  return typeof structuredClone(list);
});
