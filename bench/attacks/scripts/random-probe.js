// family: clock and chance
// tries: predicts the random numbers of an isolate from those of the snapshot
// expect: ok unpredictable

const atLoad = Math.random();
attack(() => {
  const now = Math.random();
  return now === atLoad ? 'predictable' : 'unpredictable';
});
