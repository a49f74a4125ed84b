// family: strings
// tries: pads a string to the greatest length there is
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: error RangeError

attack(({ size }) => 'x'.padEnd(0x3ffffff0 - size, 'abc').length);
