// family: code
// tries: builds functions of megabytes of source at run time
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: timed-out
// expect: error .*

attack(({ size }) => {
  const source = 'let a = 0;' + 'a += 1;'.repeat(1000000 + size);
  return new Function(source)();
});
