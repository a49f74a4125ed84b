// family: prelude
// tries: leaves a promise behind and settles it in the next call, to answer that one
// before: secret
// expect: ok own answer

let late;
attack(async (input) => {
  if (input.secret !== undefined) return new Promise((resolve) => { late = resolve; setTimeout(resolve, 5, 'early'); });
  late?.('a forged answer');
  await null;
  return 'own answer';
});
