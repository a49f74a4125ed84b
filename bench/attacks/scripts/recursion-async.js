// family: recursion
// tries: awaits itself, so that frames pile up on the heap
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: exhausted microtasks
// expect: timed-out
// expect: error RangeError
// expect: error InternalError

attack(async () => {
  const deeper = async () => {
    await null;
    return (await deeper()) + 1;
  };
  return deeper();
});
