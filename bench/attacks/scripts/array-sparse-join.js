// family: heap
// tries: joins an array that has a length and nothing in it
// limits: {"memory": "16MiB", "timeout": "400ms"}
// expect: exhausted memory
// expect: timed-out
// expect: error RangeError

attack(({ size }) => {
  const sparse = [];
  sparse[4294967294 - size] = 1;
  return sparse.join(',').length;
});
