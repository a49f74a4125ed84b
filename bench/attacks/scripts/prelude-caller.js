// family: prelude
// tries: climbs to the prelude by way of caller and arguments
// expect: ok found 0

attack(function climb() {
  const found = [];
  for (const name of ['caller', 'callee', 'arguments']) {
    try {
      const value = climb[name] ?? arguments[name];
      if (value && value !== climb && typeof value === 'function') found.push(value.name || 'anonymous');
    } catch {
      continue;
    }
  }
  return `found ${found.length}`;
});
