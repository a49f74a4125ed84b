// family: regular expressions
// tries: matches with overlapping alternatives
// limits: {"timeout": "250ms"}
// expect: timed-out
// lifted: {"timeout": "1m"}

attack(({ size }) => `harm: ${/^(a|aa)+$/.test('a'.repeat(32 + (size % 2)) + 'b')}`);
