// family: recursion
// tries: drops a list of three hundred thousand links at once
// limits: {"memory": "128MiB"}
// expect: ok dropped

attack(({ size }) => {
  let list = null;
  for (let i = 0; i < 300000 + size; i++) list = [list];
  list = null;
  return 'dropped';
});
