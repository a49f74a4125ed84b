// family: prelude
// tries: registers a handler for a second entry, and its own anew, during a call
// expect: ok refused 4

attack(() => {
  let refused = 0;
  for (const name of ['attack', 'ordinary', 'cloche:rehearsal', 'other']) {
    try {
      cloche.command(name, () => 'forged');
    } catch {
      refused++;
    }
  }
  return `refused ${refused}`;
});
