// family: loading
// tries: awaits what never comes while it is loaded
// expect: refused never comes

await new Promise(() => {});
