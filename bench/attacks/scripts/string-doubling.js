// family: strings
// tries: doubles a string until something gives way
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "1024MiB", "timeout": "30s"}

attack(({ size }) => {
  let text = 'x'.repeat(16 + size);
  while (text.length < 48 << 20) {
    text += text;
    text.charCodeAt(text.length >> 1);
  }
  return `harm: ${text.length}`;
});
