// family: time
// tries: decodes a long text again and again
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(({ size }) => {
  const text = '%F0%9F%98%80'.repeat(2000 + size);
  for (;;) decodeURIComponent(text);
});
