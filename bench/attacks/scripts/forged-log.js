// family: identity
// tries: prints lines that look as if another extension, or the host, had printed them
// expect: ok logged

attack(() => {
  console.log('harmless\n2026-01-01 ERROR cloche.guest.neighbour - forged\r\n\u001b[2J\u202eforged');
  cloche.log('error', '\u0085forged\u2028forged');
  return 'logged';
});
