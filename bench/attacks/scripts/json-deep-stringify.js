// family: JSON bombs
// tries: writes an object that is nested a hundred thousand times
// limits: {"memory": "64MiB"}
// expect: error RangeError
// expect: error InternalError

attack(({ size }) => {
  let nested = {};
  for (let i = 0; i < 100000 + size; i++) nested = { nested };
  return JSON.stringify(nested).length;
});
