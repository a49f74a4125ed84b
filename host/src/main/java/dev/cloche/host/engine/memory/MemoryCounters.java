package dev.cloche.host.engine.memory;

import java.util.concurrent.atomic.AtomicLong;

/// Counts what a host's memories hold. Safe for use by many threads.
final class MemoryCounters {
    final HostMemory host;
    final AtomicLong live = new AtomicLong();
    final AtomicLong quarantined = new AtomicLong();
    final AtomicLong reservedBytes = new AtomicLong();
    final AtomicLong images = new AtomicLong();
    final AtomicLong imageBytes = new AtomicLong();

    MemoryCounters(HostMemory host) {
        this.host = host;
    }
}
