// family: floods
// tries: prints one line of megabytes
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted log
// expect: exhausted memory

attack(({ size }) => {
  console.log('x'.repeat(4000000 + size));
  return 'printed';
});
