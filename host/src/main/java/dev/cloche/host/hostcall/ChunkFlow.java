package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome.Chunk;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.Ok;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// An answer on its way to a guest in parts. The guest holds one part at a time: the next is sent once it has taken
/// that, so one who reads slowly is sent no faster.
final class ChunkFlow implements ChunkSink {
    private final Quota quota;
    private final Consumer<Outcome> completion;
    private final Semaphore room = new Semaphore(1);

    /// Confined to the thread that carries the operation out.
    private long sequence;

    ChunkFlow(Quota quota, Consumer<Outcome> completion) {
        this.quota = quota;
        this.completion = completion;
    }

    @Override
    public void send(Payload bytes, long timeoutNanos) throws InterruptedException, TimeoutException {
        if (bytes.size() > CHUNK_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a part of an answer is too large, max=" + CHUNK_BYTES_MAX + " bytes=" + bytes.size());
        }
        if (!room.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("the guest did not take the part before");
        }
        Denied refusal = quota.chunk(bytes.size());
        if (refusal != null) {
            throw new StreamRefusedException(refusal);
        }
        completion.accept(new Chunk(sequence, bytes, false));
        sequence++;
    }

    /// The guest has taken a part. Any thread may call this.
    void delivered() {
        room.release();
    }

    /// What the guest is told at the end.
    Outcome last(Outcome outcome) {
        return outcome instanceof Ok(Payload rest) ? new Chunk(sequence, rest, true) : outcome;
    }
}
