// family: recursion
// tries: constructs itself within its super class
// expect: error RangeError
// expect: error InternalError

attack(() => {
  class Deeper {
    constructor() {
      new new.target();
    }
  }
  return new Deeper();
});
