// family: proxies
// tries: answers a thenable that resolves twice, with different things
// expect: ok first

attack(() => ({ then: (resolve, reject) => { resolve('first'); resolve('second'); reject('third'); } }));
