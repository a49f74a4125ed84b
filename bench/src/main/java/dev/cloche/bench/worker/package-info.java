/// Processes that measure: each peer, and each set of flags, has one of its own, and they take turns.
@NullMarked
package dev.cloche.bench.worker;

import org.jspecify.annotations.NullMarked;
