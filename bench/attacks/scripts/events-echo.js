// family: floods
// tries: answers its own events with more of them
// manifest: "capabilities":{"events.subscribe":{"topics":["attack.*"]},"events.emit":{"topics":["attack.*"]}}
// expect: ok 0,quota

attack(async () => {
  let told = 0;
  const codes = new Set();
  const echo = () => {
    told++;
    return cloche.events.emit('attack.echo', 'x'.repeat(60000));
  };
  await cloche.events.subscribe('attack.*', echo);
  for (let i = 0; i < 20; i++) await echo();
  for (let i = 0; i < 70; i++) {
    await cloche.events.subscribe(`attack.more.${i}`, echo).catch((error) => codes.add(error.code));
  }
  return [told - 20, ...codes].join();
});
