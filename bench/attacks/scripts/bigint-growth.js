// family: heap
// tries: squares a number until it fills the memory or the time
// limits: {"memory": "16MiB", "timeout": "400ms"}
// expect: exhausted memory
// expect: timed-out
// expect: error RangeError

attack(({ size }) => {
  let number = BigInt(size + 3);
  for (;;) number *= number;
});
