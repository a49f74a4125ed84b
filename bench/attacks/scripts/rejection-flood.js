// family: floods
// tries: rejects promises with megabytes that nobody handles, for the host to keep
// limits: {"memory": "64MiB"}
// expect: ok rejected

attack(({ size }) => {
  const reason = 'x'.repeat(1000000 + size);
  for (let i = 0; i < 300; i++) Promise.reject(reason);
  return 'rejected';
});
