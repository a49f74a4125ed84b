// family: identity
// tries: reads the key in which the neighbour keeps its secret, under every path it can think of
// expect: ok found 

attack(async () => {
  const found = [];
  const keys = ['secret', 'neighbour/secret', '../neighbour/secret', 'neighbour:secret', 'neighbour\u0001secret',
    '%', "' OR 1=1 --"];
  for (const key of keys) {
    const outcome = await cloche.hostcall('kv.get', { key });
    if (outcome.status === 'ok' && outcome.value.found) found.push(outcome.value.value);
  }
  const list = await cloche.hostcall('kv.list', { prefix: '' });
  return `found ${[...found, ...list.value.keys].join()}`;
});
