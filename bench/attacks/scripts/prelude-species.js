// family: prelude
// tries: has typed arrays make buffers of its own kind within the prelude
// limits: {"memory": "16MiB", "timeout": "10s"}
// expect: ok .*
// expect: error .*
// expect: exhausted memory

class Mine extends Uint8Array {
  static get [Symbol.species]() {
    return class { constructor() { return new Uint8Array(1 << 28); } };
  }
}
attack(() => {
  const view = new Mine([104, 105]);
  Object.defineProperty(view, 'byteLength', { get: () => 1 << 30 });
  Object.defineProperty(view, 'byteOffset', { get: () => -8 });
  Object.defineProperty(view, 'buffer', { get: () => new ArrayBuffer(2) });
  return view;
});
