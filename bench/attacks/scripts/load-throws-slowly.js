// family: loading
// tries: fills memory while it is loaded
// limits: {"memory": "16MiB"}
// expect: refused memory

const kept = [];
for (;;) kept.push(new Uint8Array(1 << 20));
