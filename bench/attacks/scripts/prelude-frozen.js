// family: prelude
// tries: replaces what the host put into the global object
// expect: ok refused 5

attack(() => {
  'use strict';
  let refused = 0;
  for (const name of ['hostcall', 'kv', 'command', 'log']) {
    try {
      cloche[name] = () => 'forged';
    } catch {
      refused++;
    }
  }
  try {
    cloche.kv.get = () => 'forged';
  } catch {
    refused++;
  }
  return `refused ${refused}`;
});
