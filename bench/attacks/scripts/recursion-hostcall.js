// family: recursion
// tries: makes a hostcall at every level of a recursion
// expect: error RangeError
// expect: error InternalError
// expect: exhausted hostcalls
// expect: exhausted log

attack(() => {
  const deeper = (n) => {
    console.log('x');
    return deeper(n + 1) + 1;
  };
  return deeper(0);
});
