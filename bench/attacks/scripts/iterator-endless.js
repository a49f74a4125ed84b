// family: time
// tries: spreads an iterator that has no end
// limits: {"memory": "16MiB", "timeout": "2s"}
// expect: exhausted memory
// expect: timed-out

attack(() => [...{ [Symbol.iterator]: () => ({ next: () => ({ value: 0, done: false }) }) }].length);
