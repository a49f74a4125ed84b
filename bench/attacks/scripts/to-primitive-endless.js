// family: proxies
// tries: has the host turn an object into a number and a text, which never ends
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(async () => {
  const endless = { [Symbol.toPrimitive]: () => { for (;;); } };
  setTimeout(() => {}, endless);
  return 'never';
});
