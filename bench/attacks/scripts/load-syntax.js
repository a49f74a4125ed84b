// family: loading
// tries: is not JavaScript
// expect: refused SyntaxError

attack(({ => }
