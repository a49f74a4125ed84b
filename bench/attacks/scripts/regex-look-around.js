// family: regular expressions
// tries: nests look-aheads within quantifiers
// limits: {"timeout": "250ms"}
// expect: timed-out
// expect: ok false

attack(({ size }) => `${/^(?=(?:(?=(a+))a+)+$)b/.test('a'.repeat(40 + size % 8) + 'b')}`);
