// family: code
// tries: runs the prelude's names in scopes of its own
// expect: ok string,string,string undefinedundefinedundefined

attack(() => {
  const scope = new Proxy({}, { has: () => true, get: (_, key) => (key === Symbol.unscopables ? undefined : 'forged') });
  const found = new Function('scope', 'with (scope) { return [typeof host, typeof handlers, typeof dispatch].join() }')(scope);
  let outside;
  try {
    outside = (0, eval)('typeof host + typeof handlers + typeof dispatch');
  } catch (error) {
    outside = error.name;
  }
  return `${found} ${outside}`;
});
