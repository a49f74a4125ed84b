// family: proxies
// tries: throws an error that looks like the host out of memory
// expect: error .*
// expect: exhausted memory

attack(() => {
  const error = new Error('out of memory');
  error.name = 'InternalError\0\0';
  throw error;
});
