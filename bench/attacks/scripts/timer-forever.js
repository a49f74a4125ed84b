// family: floods
// tries: waits for a timer of twenty-five days
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(({ size }) => new Promise((resolve) => setTimeout(resolve, 2147483647 - size)));
