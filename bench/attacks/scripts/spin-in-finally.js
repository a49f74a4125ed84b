// family: time
// tries: loops on in a finally block, where an error that stops it would have to pass
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(() => {
  for (;;) {
    try {
      for (;;);
    } finally {
      continue;
    }
  }
});
