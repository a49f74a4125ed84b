// family: recursion
// tries: sorts within the comparator of a sort
// expect: error RangeError
// expect: error InternalError

attack(() => {
  const sort = () => [3, 2, 1].sort(() => sort().length);
  return sort();
});
