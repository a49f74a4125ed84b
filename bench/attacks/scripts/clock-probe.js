// family: clock and chance
// tries: looks for a clock finer than it should have, and for threads to build one
// limits: {"timeout": "250ms"}
// expect: ok no threads, cannot wait
// expect: timed-out

attack(() => {
  const found = [];
  for (const name of ['SharedArrayBuffer', 'Atomics', 'Worker', 'WebAssembly']) {
    if (name in globalThis) found.push(name);
  }
  const shared = 'SharedArrayBuffer' in globalThis;
  let waits = 'cannot wait';
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0, 1000000);
    waits = 'waited';
  } catch {
    waits = 'cannot wait';
  }
  return `${found.includes('Worker') || found.includes('WebAssembly') ? 'threads' : 'no threads'}, ${waits}`;
});
