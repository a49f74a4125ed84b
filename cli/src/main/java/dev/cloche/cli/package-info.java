/// The `cloche` command: one class a command, each a thin skin over [dev.cloche.host.Host].
@NullMarked
package dev.cloche.cli;

import org.jspecify.annotations.NullMarked;
