package dev.cloche.bench.pool;

import dev.cloche.host.engine.Isolate;

/// A pool of eight isolates: such as do nothing but count, or real ones. Safe for use by many threads.
interface Peer extends AutoCloseable {
    /// How many objects there are.
    int SIZE = 8;

    /// Takes an object, waits for one if need be.
    Object acquire() throws Exception;

    /// The isolate that was taken.
    Isolate isolate(Object held);

    void release(Object held) throws Exception;

    @Override
    void close();
}
