// family: recursion
// tries: calls itself through the host, each call from within the one before, without end
// manifest: "capabilities": {"log": {}, "tool.call": {"tools": ["attack-script-tool-call-deep/again"]}}
// limits: {"timeout": "10s"}
// expect: ok quota 64
// expect: timed-out

globalThis.again = async () => {
  const outcome = await cloche.hostcall('tool.call', { extension: 'attack-script-tool-call-deep', tool: 'again' });
  return outcome.status === 'ok' ? outcome.value.value : `${outcome.code} ${outcome.details.limit}`;
};
attack(async () => globalThis.again());
