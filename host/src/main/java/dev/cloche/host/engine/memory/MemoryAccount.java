package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The memory of one isolate in one number: its linear memory, its tables, and what the host holds on its behalf
/// (requests under way, answers not read yet, a reply, copies being made). Used by the thread that runs the guest, but
/// for [#add] and [#used], which any thread may call.
///
/// What the host holds counts where it is more than [#HELD_FREE]: a guest whose memory is full can still say so.
public final class MemoryAccount implements AutoCloseable {
    /// Bytes that the host holds for one isolate without counting them to its number.
    public static final long HELD_FREE = 256 << 10;

    private final HostMemory host;
    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private volatile @Nullable LinearMemory memory;
    private volatile long tables;
    private volatile boolean closed;

    /// What of `held` goes when the host function that runs returns.
    private long copies;

    MemoryAccount(HostMemory host, long limit) {
        this.host = host;
        this.limit = limit;
    }

    /// The isolate's linear memory, before any of its code runs.
    public void open(LinearMemory owned) {
        memory = owned;
        owned.account(this);
    }

    /// Bytes that count to the isolate's number.
    public long used() {
        LinearMemory linear = memory;
        return (linear == null ? 0 : linear.length()) + tables + Math.max(0, held.get() - HELD_FREE);
    }

    /// What the number may be.
    public long limit() {
        return limit;
    }

    /// Whether so many bytes more fit within the isolate's own number.
    boolean fits(long bytes) {
        return bytes <= limit - used();
    }

    /// Takes bytes for tables.
    ///
    /// @return false, and nothing is taken, if there are not so many left
    public boolean takeTables(long bytes) {
        if (!fits(bytes) || !host.takeHeap(bytes)) {
            return false;
        }
        setTables(tables + bytes);
        return true;
    }

    /// Gives bytes of tables back.
    public void giveTables(long bytes) {
        setTables(tables - bytes);
        host.giveHeap(bytes);
    }

    private void setTables(long bytes) {
        tables = bytes;
    }

    /// Takes bytes that the host is about to hold, until [#drop] or [#dropAll].
    ///
    /// @throws MemoryRefusedException if there are not so many left; nothing is taken then
    public void hold(long bytes) {
        if (bytes - HELD_FREE > limit - usedAndFree()) {
            throw new MemoryRefusedException(
                    Reason.ABOVE_CAP, limit, "the isolate's memory is used up, used=" + used() + " limit=" + limit);
        }
        if (!host.takeHeap(bytes)) {
            throw full();
        }
        held.addAndGet(bytes);
    }

    private long usedAndFree() {
        LinearMemory linear = memory;
        return (linear == null ? 0 : linear.length()) + tables + held.get();
    }

    private MemoryRefusedException full() {
        return new MemoryRefusedException(Reason.HOST_FULL, "the host's memory for guests is used up, " + host);
    }

    /// Takes bytes that the host is about to copy, until [#dropCopies].
    ///
    /// @throws MemoryRefusedException if there are not so many left; nothing is taken then
    public void copy(long bytes) {
        hold(bytes);
        copies += bytes;
    }

    /// Counts bytes that the host holds already, fit or not. May be called by any thread.
    public void add(long bytes) {
        host.addHeap(bytes);
        held.addAndGet(bytes);
        // An answer that comes for an isolate that is gone: nobody else would give it back.
        if (closed) {
            dropHeld();
        }
    }

    /// Finds out whether [#add] was too much.
    ///
    /// @throws MemoryRefusedException if so
    public void check() {
        hold(0);
        if (host.exceeded()) {
            throw full();
        }
    }

    /// Gives back what was held.
    public void drop(long bytes) {
        held.addAndGet(-bytes);
        host.giveHeap(bytes);
    }

    /// The host function that ran has returned.
    public void dropCopies() {
        long gone = copies;
        if (gone != 0) {
            copies = 0;
            drop(gone);
        }
    }

    /// The call is over: the host holds nothing on the isolate's behalf any more.
    public void dropAll() {
        copies = 0;
        dropHeld();
    }

    private void dropHeld() {
        long gone = held.getAndSet(0);
        if (gone != 0) {
            host.giveHeap(gone);
        }
    }

    /// Gives back everything but the linear memory, which does so itself when it is freed. Idempotent.
    @Override
    public void close() {
        closed = true;
        dropAll();
        giveTables(tables);
    }
}
