// family: floods
// tries: prints an object that is deep, wide and has itself within it
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: ok printed
// expect: exhausted memory
// expect: exhausted log

attack(({ size }) => {
  let deep = {};
  for (let i = 0; i < 50000 + size; i++) deep = { deep, wide: Array(50).fill(deep) };
  deep.self = deep;
  console.log(deep);
  return 'printed';
});
