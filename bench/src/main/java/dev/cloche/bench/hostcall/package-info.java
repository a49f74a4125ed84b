/// What hostcalls cost, step by step.
@NullMarked
package dev.cloche.bench.hostcall;

import org.jspecify.annotations.NullMarked;
