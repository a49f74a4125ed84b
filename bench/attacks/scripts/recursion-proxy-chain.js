// family: recursion
// tries: asks through two hundred thousand proxies in a row
// expect: error RangeError
// expect: error InternalError
// expect: exhausted memory

attack(({ size }) => {
  let chain = { value: 1 };
  for (let i = 0; i < 100000 + size; i++) chain = new Proxy(chain, {});
  return chain.value;
});
