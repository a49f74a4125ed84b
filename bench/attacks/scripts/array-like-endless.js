// family: time
// tries: hands a built-in an array-like object of the greatest length
// limits: {"timeout": "250ms"}
// expect: timed-out

attack(() => Array.prototype.indexOf.call({ length: Number.MAX_SAFE_INTEGER }, 1));
