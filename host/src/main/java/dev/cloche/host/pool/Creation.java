package dev.cloche.host.pool;

import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.IsolateCreationException;
import dev.cloche.host.engine.IsolateFactory;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the making of an isolate comes to.
sealed interface Creation {
    /// @param memoryMax the linear memory it may hold, in bytes
    /// @param tookNanos how long it took to make it
    record Made(Isolate isolate, long memoryMax, long tookNanos) implements Creation {}

    record Failed(Reply cause) implements Creation {}

    /// Has a factory make one.
    ///
    /// @param pool for the log
    static Creation by(IsolateFactory factory, String pool, long deadlineNanos, LongSupplier clock) {
        try {
            long start = clock.getAsLong();
            Isolate made = factory.create(deadlineNanos);
            return new Made(made, made.memoryBytesMax(), clock.getAsLong() - start);
        } catch (IsolateCreationException e) {
            return new Failed(e.reply());
        } catch (RuntimeException e) {
            Logger logger = LoggerFactory.getLogger(IsolatePool.class);
            logger.warn("{}: making an isolate ended in an exception", pool, e);
            String message = "making an isolate failed, cause=" + e;
            return new Failed(new Reply.Trapped(TrapKind.ENGINE, message, ""));
        }
    }
}
