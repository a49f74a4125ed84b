// family: typed arrays
// tries: resizes a buffer far beyond the memory
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: exhausted memory
// expect: error RangeError
// expect: error TypeError

attack(({ size }) => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 0x3fffffff });
  const view = new Uint8Array(buffer);
  for (let length = 1 << 20; length < 0x3fffffff; length *= 2) {
    buffer.resize(length + size);
    view[length - 1] = 1;
  }
  return `harm: ${view.length}`;
});
