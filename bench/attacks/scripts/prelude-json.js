// family: prelude
// tries: replaces JSON to forge what the host is told
// expect: ok false

JSON.stringify = () => '{"key":"of somebody else"}';
JSON.parse = () => ({ status: 'ok', value: 'forged' });
attack(async () => (await cloche.hostcall('kv.get', { key: 'a' })).value.found);
