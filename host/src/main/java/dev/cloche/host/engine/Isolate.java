package dev.cloche.host.engine;

import dev.cloche.host.call.Reply;
import java.util.OptionalLong;

/// One live instance of a module: its own linear memory, its own budget. Used by one call at a time; the pool's lease
/// sees to that. It may be used by different threads one after the other.
public interface Isolate extends AutoCloseable {

    /// Runs one entry to its end and answers how it went. Whatever the guest does becomes a reply, never an exception.
    /// Returns by the frame's deadline, give or take what it takes to stop the guest.
    Reply run(Invocation invocation);

    /// The fuel that the last call has used until now, in units. Only between calls.
    long fuelUsed();

    /// A hash over everything that the last call could observe, if its guest has an event loop. Only between calls.
    default OptionalLong traceHash() {
        return OptionalLong.empty();
    }

    /// Whether another call may use this isolate. False for good after a trap, a timeout or an exhausted budget.
    boolean sound();

    /// Puts the isolate back into the state it had when it was made, so that nothing of the calls since is left in it.
    /// Only between calls.
    ///
    /// @return whether that could be done; if not, the isolate is as it was
    boolean reset();

    /// The linear memory it holds, in bytes.
    long memoryBytes();

    /// The linear memory it may hold, in bytes.
    long memoryBytesMax();

    /// Stops the call under way, and any other one from now on: the isolate is to be closed. Returns at once. May be
    /// called by any thread.
    void cancel();

    /// Gives the memory back. Idempotent. Only after the last `run` has returned.
    @Override
    void close();
}
