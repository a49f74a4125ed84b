cloche.command('mirror', input => input.bytes);
