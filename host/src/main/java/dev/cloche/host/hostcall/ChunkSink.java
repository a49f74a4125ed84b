package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import java.util.concurrent.TimeoutException;

/// Takes an answer in parts, in their order. For the one thread that carries the operation out.
@FunctionalInterface
public interface ChunkSink {
    /// How large a part may be: one of each hostcall that an isolate can have under way has room with its scheduler.
    int CHUNK_BYTES_MAX = 32 * 1024;

    /// Sends a part that is not the last one. Waits until the guest has been given the part before.
    ///
    /// @param bytes at most [#CHUNK_BYTES_MAX]
    /// @param timeoutNanos how long to wait at most
    /// @throws TimeoutException if the guest has not taken the part before in that time; nothing is sent then
    /// @throws InterruptedException if nobody waits for the answer any more
    /// @throws StreamRefusedException if the guest may have no more
    void send(Payload bytes, long timeoutNanos) throws InterruptedException, TimeoutException;
}
