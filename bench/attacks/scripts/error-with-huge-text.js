// family: proxies
// tries: throws an error of megabytes, for the host to keep
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: error .* x+
// expect: exhausted memory

attack(({ size }) => {
  const error = new Error('x'.repeat(3000000 + size));
  error.name = 'N'.repeat(1000000);
  error.stack = 's'.repeat(3000000);
  throw error;
});
