// family: identity
// tries: says in a request that it is another extension
// expect: ok invalid_request

attack(async () => {
  const codes = [];
  for (const field of ['extension', 'caller', 'identity', 'frame', 'callId', '__proto__']) {
    const outcome = await cloche.hostcall('kv.get', JSON.parse(`{"key":"secret","${field}":"neighbour"}`));
    codes.push(outcome.code ?? JSON.stringify(outcome.value));
  }
  return [...new Set(codes)].join();
});
