package dev.cloche.bench.pool;

/// A pool of eight trivial objects, each a long that its holder adds one to. Safe for use by many threads.
interface Peer extends AutoCloseable {
    /// How many objects there are.
    int SIZE = 8;

    /// Takes an object, waits for one if need be.
    Object acquire() throws Exception;

    /// Uses an object.
    ///
    /// @return its new value
    long use(Object held);

    void release(Object held) throws Exception;

    @Override
    void close();
}
