// family: code
// tries: runs the prelude's names in scopes of its own
// expect: ok string,string,string undefinedundefinedundefined

attack(() => {
  const get = (_, key) => (key === Symbol.unscopables ? undefined : 'forged');
  const scope = new Proxy({}, { has: () => true, get });
  const source = 'with (scope) { return [typeof host, typeof handlers, typeof dispatch].join() }';
  const found = new Function('scope', source)(scope);
  let outside;
  try {
    outside = (0, eval)('typeof host + typeof handlers + typeof dispatch');
  } catch (error) {
    outside = error.name;
  }
  return `${found} ${outside}`;
});
