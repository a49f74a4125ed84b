// family: recursion
// tries: reads a getter that reads itself
// expect: error RangeError
// expect: error InternalError

attack(() => {
  const object = { get self() { return this.self; } };
  return object.self;
});
