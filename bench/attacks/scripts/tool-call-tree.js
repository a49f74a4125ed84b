// family: floods
// tries: calls itself through the host, eight times from each call, without end
// manifest: "capabilities": {"log": {}, "tool.call": {"tools": ["attack-script-tool-call-tree/again"]}}
// limits: {"timeout": "2s"}
// expect: timed-out
// expect: ok [1-9][0-9]* refused
// expect: rejected *

globalThis.again = async () => {
  const asked = [];
  for (let i = 0; i < 8; i++)
    asked.push(cloche.hostcall('tool.call', { extension: 'attack-script-tool-call-tree', tool: 'again' }));
  let refused = 0;
  for (const outcome of await Promise.all(asked)) refused += outcome.value?.value ?? 1;
  return refused;
};
attack(async () => `${await globalThis.again()} refused`);
