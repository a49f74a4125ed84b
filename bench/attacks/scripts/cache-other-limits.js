// family: cache poisoning
// tries: is loaded under a small limit after it was snapshotted under a large one
// limits: {"memory": "16MiB"}
// before: cached
// expect: refused memory
// lifted: {"memory": "64MiB"}

const kept = Array.from({ length: 24 }, () => new Uint8Array(1 << 20).fill(1));
attack(() => `harm: ${kept.length}`);
