// family: recursion
// tries: catches the error of a full stack at every level and goes on
// limits: {"timeout": "250ms"}
// expect: error RangeError
// expect: error InternalError
// expect: timed-out

attack(() => {
  const deeper = () => {
    try {
      deeper();
    } catch {
      deeper();
    }
  };
  return deeper();
});
