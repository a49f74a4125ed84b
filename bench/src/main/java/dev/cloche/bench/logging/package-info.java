/// Where benchmarks log to.
@NullMarked
package dev.cloche.bench.logging;

import org.jspecify.annotations.NullMarked;
