// family: code
// tries: calls a function with a million arguments
// limits: {"memory": "64MiB"}
// expect: error RangeError
// expect: error InternalError
// expect: error TypeError
// expect: exhausted memory
// expect: exhausted stack

attack(({ size }) => Math.max(...Array.from({ length: 1000000 + size }, (_, i) => i)));
