// family: prelude
// tries: shrinks a buffer between the moment it is measured and the moment it is read
// expect: ok
// expect: error .*

attack(async ({ size }) => {
  const buffer = new ArrayBuffer(4096, { maxByteLength: 8192 });
  const view = new Uint8Array(buffer, 1024);
  buffer.resize(size % 1024);
  return view;
});
