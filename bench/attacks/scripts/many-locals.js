// family: code
// tries: compiles a function with more variables than fit a frame
// limits: {"memory": "16MiB", "timeout": "400ms"}
// expect: timed-out
// expect: error SyntaxError
// expect: error InternalError
// expect: error RangeError
// expect: exhausted memory

attack(({ size }) => {
  const names = Array.from({ length: 70000 + size }, (_, i) => `v${i}`);
  return new Function(`let ${names.join()}; return 1`)();
});
