// family: JSON bombs
// tries: has the reviver grow what is being revived
// limits: {"memory": "16MiB", "timeout": "400ms"}
// expect: exhausted memory
// expect: timed-out
// expect: error RangeError
// expect: error InternalError
// expect: ok .*

attack(({ size }) => JSON.parse('[[1]]', function (key, value) {
  if (Array.isArray(this)) this.push([value, key]);
  return size >= 0 ? [value, { ...this }] : value;
}).length);
