/// The isolate pool beside other pools of objects.
@NullMarked
package dev.cloche.bench.pool;

import org.jspecify.annotations.NullMarked;
