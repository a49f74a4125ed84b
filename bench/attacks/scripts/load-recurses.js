// family: loading
// tries: recurses without end while it is loaded
// expect: refused (RangeError|InternalError)

const deeper = () => deeper() + 1;
deeper();
