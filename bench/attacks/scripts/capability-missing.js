// family: identity
// tries: does what its manifest does not ask for
// expect: ok policy,policy

attack(async () => {
  const codes = [];
  codes.push((await cloche.hostcall('http.fetch', {})).code);
  try {
    await fetch('http://127.0.0.1:1/');
  } catch (error) {
    codes.push(error.code);
  }
  return codes.join();
});
