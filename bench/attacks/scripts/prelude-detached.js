// family: prelude
// tries: answers a buffer that is detached when it is looked at
// expect: ok
// expect: error .*

attack(async ({ size }) => {
  const buffer = new ArrayBuffer(64 + size);
  const view = new Uint8Array(buffer);
  buffer.transfer?.();
  crypto.getRandomValues(view);
  return view;
});
