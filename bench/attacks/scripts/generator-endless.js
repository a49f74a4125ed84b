// family: time
// tries: drains a generator that yields itself
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(() => {
  function* endless() {
    for (;;) yield 1;
  }
  let count = 0;
  for (const one of endless()) count += one;
  return count;
});
