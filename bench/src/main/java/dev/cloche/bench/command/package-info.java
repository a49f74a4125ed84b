/// The command `cloche bench`.
@NullMarked
package dev.cloche.bench.command;

import org.jspecify.annotations.NullMarked;
