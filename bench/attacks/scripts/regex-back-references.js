// family: regular expressions
// tries: backtracks over back references
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(({ size }) => `${/^(.*)(.*)(.*)(.*)\1\2\3\4x$/.test('ab'.repeat(60 + size % 40))}`);
