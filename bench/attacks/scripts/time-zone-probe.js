// family: clock and chance
// tries: reads where and when the host is from dates and locales
// expect: ok 0 Thu Jan 01 1970 00:00:00 GMT\+0000.* undefined

attack(() => `${new Date(0).getTimezoneOffset()} ${new Date(0)} ${typeof Intl}`);
