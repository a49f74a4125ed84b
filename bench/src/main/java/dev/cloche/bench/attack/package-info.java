/// Hostile guests, and the host that has to live through them while it serves another one.
@NullMarked
package dev.cloche.bench.attack;

import org.jspecify.annotations.NullMarked;
