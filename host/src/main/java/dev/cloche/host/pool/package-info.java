/// Bounded sets of isolates and the leases on them.
@NullMarked
package dev.cloche.host.pool;

import org.jspecify.annotations.NullMarked;
