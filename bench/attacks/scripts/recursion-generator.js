// family: recursion
// tries: delegates a generator to itself
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: error RangeError
// expect: error InternalError
// expect: exhausted memory

attack(() => {
  function* deeper() {
    yield* deeper();
  }
  return [...deeper()].length;
});
