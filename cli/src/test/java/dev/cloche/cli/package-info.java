/// Tests of the command and of its launcher.
@NullMarked
package dev.cloche.cli;

import org.jspecify.annotations.NullMarked;
