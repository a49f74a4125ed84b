// family: typed arrays
// tries: asks for one array larger than all memory
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: error RangeError

attack(({ size }) => new Float64Array(0x0fffffff - size).length);
