// family: floods
// tries: prints without end
// limits: {"log": "256KiB"}
// expect: exhausted log
// lifted: {"log": "16MiB"}

attack(({ size }) => {
  for (let i = 0; i < 3000; i++) console.log('x'.repeat(1000 + size));
  return 'harm';
});
