// family: leaks
// tries: keeps the last call in a closure, a timer and a pending hostcall
// before: secret
// expect: ok found nothing

let late = 'nothing';
attack(async ({ secret }) => {
  if (secret !== undefined) {
    setTimeout(() => { late = secret; }, 0);
    cloche.kv.get('a').then(() => { late = secret; });
    return 'kept';
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  return `found ${late}`;
});
