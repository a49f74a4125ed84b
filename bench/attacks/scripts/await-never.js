// family: floods
// tries: awaits what nothing can settle
// limits: {"timeout": "250ms"}
// expect: error NeverSettles

attack(() => new Promise(() => {}));
