// family: regular expressions
// tries: searches a long text with a pattern that begins anywhere
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(({ size }) => `${/\s+$/.test(' '.repeat(300000 + size) + 'x')}`);
