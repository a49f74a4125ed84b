// family: text and numbers
// tries: answers and stores text that is not well-formed Unicode
// expect: ok (?s)invalid_request .*

attack(async ({ size }) => {
  const broken = '\udfff\ud800'.repeat(100 + size);
  const outcome = await cloche.hostcall('kv.set', { key: broken, value: broken });
  return `${outcome.code} ${broken}`;
});
