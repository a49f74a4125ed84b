/// The event loop of one script isolate: macrotasks, timers, completions.
@NullMarked
package dev.cloche.host.scheduler;

import org.jspecify.annotations.NullMarked;
