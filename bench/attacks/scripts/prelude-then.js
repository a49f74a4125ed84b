// family: prelude
// tries: replaces Promise.prototype.then to get hold of what the prelude hands on
// expect: ok got nothing

const seen = [];
const then = Promise.prototype.then;
Promise.prototype.then = function (...args) {
  seen.push(...args.map((each) => typeof each));
  return then.apply(this, args);
};
attack(async () => {
  await cloche.kv.get('a');
  return seen.includes('object') ? 'got something' : 'got nothing';
});
