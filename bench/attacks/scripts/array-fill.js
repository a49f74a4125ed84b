// family: heap
// tries: fills an array of four billion elements
// limits: {"memory": "16MiB", "timeout": "400ms"}
// expect: exhausted memory
// expect: timed-out

attack(() => new Array(4294967295).fill(0).length);
