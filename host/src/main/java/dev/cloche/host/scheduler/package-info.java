/// The event loop of one script isolate: macrotasks, timers, completions, streams, inbound events, its trace.
@NullMarked
package dev.cloche.host.scheduler;

import org.jspecify.annotations.NullMarked;
