// family: proxies
// tries: throws an error whose name, message and stack never end
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(() => {
  throw { get name() { for (;;); }, get message() { for (;;); }, get stack() { for (;;); } };
});
