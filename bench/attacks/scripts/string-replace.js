// family: strings
// tries: has replace() insert the whole text for each of its characters
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// lifted: {"memory": "512MiB", "timeout": "30s"}

attack(({ size }) => {
  const text = 'ab'.repeat(5000 + size);
  return `harm: ${text.replace(/a/g, '$`$&').length}`;
});
