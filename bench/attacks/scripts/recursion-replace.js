// family: recursion
// tries: replaces within the function that replaces
// expect: error RangeError
// expect: error InternalError

attack(() => {
  const replace = () => 'abc'.replace(/b/, replace);
  return replace();
});
