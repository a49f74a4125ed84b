// family: time
// tries: sorts with a comparator that never agrees with itself
// limits: {"timeout": "250ms"}
// expect: timed-out
// lifted: {"timeout": "1m"}

attack(({ seed, size }) => {
  let state = seed | 1;
  const list = Array.from({ length: 150000 + size }, (_, i) => i);
  list.sort(() => ((state = (state * 1103515245 + 12345) | 0) >> 16) & 1 || -1);
  return `harm: ${list.length}`;
});
