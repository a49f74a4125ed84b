// family: strings
// tries: keeps every prefix of a growing string
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory

attack(({ size }) => {
  const kept = [];
  let text = 'x'.repeat(size + 1);
  for (let i = 0; i < 20000; i++) {
    text += 'abcdefgh';
    kept.push(text.slice(1));
  }
  return `harm: ${kept.length}`;
});
