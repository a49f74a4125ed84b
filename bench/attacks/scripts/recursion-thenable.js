// family: recursion
// tries: resolves a promise with a thenable that resolves with another
// limits: {"microtasks": 20000}
// expect: exhausted microtasks
// expect: timed-out

attack(() => {
  const thenable = () => ({ then: (resolve) => resolve(thenable()) });
  return thenable();
});
