package dev.cloche.bench.pool;

import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Isolate;

/// An isolate without a guest.
final class Trivial implements Isolate {
    private long value;

    /// @return the new value
    long use() {
        return ++value;
    }

    @Override
    public Reply run(Invocation invocation) {
        return new Reply.Ok(Payload.EMPTY);
    }

    @Override
    public long fuelUsed() {
        return 0;
    }

    @Override
    public boolean sound() {
        return true;
    }

    @Override
    public boolean reset() {
        return false;
    }

    @Override
    public long memoryBytes() {
        return 0;
    }

    @Override
    public long memoryBytesMax() {
        return 1;
    }

    @Override
    public void cancel() {}

    @Override
    public void close() {}
}
