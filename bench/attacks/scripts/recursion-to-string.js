// family: recursion
// tries: turns an array that holds itself into text, by way of toString
// expect: error RangeError
// expect: error InternalError

attack(() => {
  const object = { toString: () => `${object}` };
  return `${object}`;
});
