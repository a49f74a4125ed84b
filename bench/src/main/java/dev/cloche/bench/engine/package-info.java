/// The area `engine`: isolates, snapshots, the module cache, and the speed of guests.
@NullMarked
package dev.cloche.bench.engine;

import org.jspecify.annotations.NullMarked;
