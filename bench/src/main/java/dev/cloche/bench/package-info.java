/// Benchmarks on the public API of the host.
@NullMarked
package dev.cloche.bench;

import org.jspecify.annotations.NullMarked;
