// family: floods
// tries: answers more than an answer may be
// limits: {"output": "1MiB"}
// expect: exhausted output
// lifted: {"output": "16MiB"}
// harm: ok harm.*

attack(({ size }) => `harm ${'x'.repeat(2000000 + size)}`);
