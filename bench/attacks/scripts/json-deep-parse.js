// family: JSON bombs
// tries: parses a hundred thousand arrays within each other
// expect: error RangeError
// expect: error SyntaxError
// expect: error InternalError

attack(({ size }) => JSON.stringify(JSON.parse('['.repeat(100000 + size) + ']'.repeat(100000 + size))).length);
