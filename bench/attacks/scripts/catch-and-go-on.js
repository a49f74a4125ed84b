// family: heap
// tries: catches the error of memory that ran out, and allocates again, for ever
// limits: {"memory": "16MiB", "timeout": "400ms"}
// expect: timed-out
// expect: exhausted memory

attack(({ size }) => {
  const kept = [];
  for (;;) {
    try {
      for (;;) kept.push(new Uint8Array(100000 + size));
    } catch {
      kept.pop();
    }
  }
});
