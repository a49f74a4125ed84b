// family: strings
// tries: asks for one string of half a gigabyte
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: error RangeError

attack(({ size }) => 'x'.repeat(0x1fffffff - size).length);
