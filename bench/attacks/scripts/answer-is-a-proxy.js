// family: proxies
// tries: answers a proxy whose traps never end, for the host to write as JSON
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(() => new Proxy({}, { ownKeys: () => { for (;;); } }));
