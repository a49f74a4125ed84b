// family: proxies
// tries: answers something whose getter `then` never ends
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(() => ({ get then() { for (;;); } }));
