// family: floods
// tries: keeps a timer of no time running for ever
// limits: {"timeout": "250ms"}
// expect: timed-out
// expect: exhausted timers

attack(() => new Promise(() => setInterval(() => setTimeout(() => {}, 0), 0)));
