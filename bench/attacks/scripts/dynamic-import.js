// family: code
// tries: imports files outside its bundle
// expect: ok refused

attack(async () => {
  const outcomes = [];
  const paths = ['/etc/passwd', 'file:///etc/passwd', '../neighbour/main.js', './../../x.js', 'std', 'os',
    'cloche:prelude', './\0'];
  for (const path of paths) {
    try {
      await import(path);
      outcomes.push('imported');
    } catch {
      outcomes.push('refused');
    }
  }
  return [...new Set(outcomes)].join();
});
