// family: prelude
// tries: looks for anything of the host in the global object and its prototypes
// expect: ok found 

attack(() => {
  const telling =
    /^(host|prelude|dispatch|complete|process|require|java|Java|Packages|std|os|bjson|scriptArgs|print|load|quit)/;
  const suspicious = [];
  for (let at = globalThis; at; at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      if (telling.test(String(key))) {
        suspicious.push(String(key));
      }
    }
  }
  return `found ${suspicious.join()}`;
});
