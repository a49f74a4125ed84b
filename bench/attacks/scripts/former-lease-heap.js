// family: leaks
// tries: looks in fresh memory for what the lease before had there
// limits: {"memory": "32MiB"}
// manifest: "pool":{"max":1,"reset":"per-lease"}
// before: secret
// expect: ok found 0

attack(({ secret, size }) => {
  if (secret !== undefined) {
    const kept = Array.from({ length: 500 }, () => new TextEncoder().encode(secret.repeat(50)));
    return `kept ${kept.length}`;
  }
  let nonzero = 0;
  for (let i = 0; i < 200; i++) {
    const fresh = new Uint8Array(4096 + size);
    for (let j = 0; j < fresh.length; j += 7) nonzero += fresh[j];
  }
  return `found ${nonzero}`;
});
