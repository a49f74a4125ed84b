// family: floods
// tries: waits for events that never come, with as many subscriptions as it can get
// manifest: "capabilities":{"events.subscribe":{"topics":["attack.*"]}}
// limits: {"timeout": "500ms"}
// expect: timed-out

attack(async () => {
  for (let i = 0; i < 200; i++) await cloche.events.subscribe(`attack.${i}.*`, () => {}).catch(() => {});
  await new Promise(() => {});
});
