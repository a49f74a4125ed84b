// family: loading
// tries: registers nothing of what its manifest says
// expect: refused did not register

globalThis.attack = undefined;
