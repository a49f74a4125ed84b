// family: leaks
// tries: looks in globals for what the lease before left there
// manifest: "pool":{"max":1,"reset":"per-lease"}
// before: secret
// expect: ok found nothing

attack(({ secret }) => {
  if (secret !== undefined) {
    globalThis.left = secret;
    Array.prototype.left = secret;
    return 'kept';
  }
  return `found ${globalThis.left ?? [].left ?? 'nothing'}`;
});
