// family: recursion
// tries: has a function of the host run at the end of the stack
// expect: ok stopped: (RangeError|InternalError)

attack(() => {
  let depth = 0;
  const deeper = () => {
    depth++;
    try {
      deeper();
    } finally {
      new TextEncoder().encode('x');
      performance.now();
    }
  };
  try {
    deeper();
  } catch (error) {
    return `stopped: ${error.name}`;
  }
  return depth;
});
