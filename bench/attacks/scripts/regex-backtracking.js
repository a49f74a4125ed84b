// family: regular expressions
// tries: matches with nested quantifiers that backtrack exponentially
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(({ size }) => `${/^(a+)+$/.test('a'.repeat(28 + (size % 8)) + '!')}`);
