// family: loading
// tries: imports modules in a circle, and one that is not there
// expect: refused (absent|never comes)

await import('./attack.js');
await import('./absent.js');
