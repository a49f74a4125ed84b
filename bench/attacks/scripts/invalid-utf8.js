// family: text and numbers
// tries: answers bytes that are no UTF-8, and has the host decode others
// expect: ok refused true

attack(({ size }) => {
  const bytes = new Uint8Array(1000 + size).map((_, i) => 0x80 + (i * 37) % 128);
  const text = new TextDecoder().decode(bytes);
  let strict = 'accepted';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    strict = 'refused';
  }
  return `${strict} ${text.length > 0}`;
});
