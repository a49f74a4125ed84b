// family: text and numbers
// tries: carries pointers in the bits of a NaN to forge values of the engine
// expect: ok number
// expect: ok number.*

attack(({ seed }) => {
  const bits = new BigUint64Array(1);
  const floats = new Float64Array(bits.buffer);
  const kinds = new Set();
  for (let i = 0; i < 200000; i++) {
    bits[0] = 0x7ff8000000000000n | (BigInt(i + seed) * 0x10001n);
    const forged = [floats[0]][0];
    kinds.add(typeof forged);
    floats[0] = forged + 1;
  }
  return [...kinds].join();
});
