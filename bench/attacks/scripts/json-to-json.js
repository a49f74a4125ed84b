// family: JSON bombs
// tries: answers an object whose toJSON makes another one such
// expect: error RangeError
// expect: error InternalError

attack(() => {
  const endless = () => ({ toJSON: () => [endless()] });
  return endless();
});
