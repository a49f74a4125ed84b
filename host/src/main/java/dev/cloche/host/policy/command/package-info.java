/// What a command line would do to the machine, told from its text alone, before it runs.
@NullMarked
package dev.cloche.host.policy.command;

import org.jspecify.annotations.NullMarked;
