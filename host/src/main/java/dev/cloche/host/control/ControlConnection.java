package dev.cloche.host.control;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.control.ControlException.Code;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of a socket: answers its requests one after the other, on a thread of its own.
final class ControlConnection implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlConnection.class);

    private final LineChannel lines;
    private final ControlPort port;
    private final String hello;
    private final LongSupplier nanoClock;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile long waitingSinceNanos;
    private volatile boolean last;

    /// Where it stands between two lines.
    private enum State {
        /// For a request.
        WAITING,
        /// Carries one out.
        BUSY,
        /// Until its answer is taken.
        ANSWERING,
        CLOSED
    }

    ControlConnection(LineChannel lines, ControlPort port, String hello, LongSupplier nanoClock) {
        this.lines = lines;
        this.port = port;
        this.hello = hello;
        this.nanoClock = nanoClock;
        this.waitingSinceNanos = nanoClock.getAsLong();
    }

    @Override
    public void run() {
        try {
            boolean more = true;
            while (more) {
                byte[] line = lines.read();
                more = line != null && state.compareAndSet(State.WAITING, State.BUSY) && serve(line);
            }
        } catch (ControlException e) {
            tell(ControlRequest.refusedUnread(e));
        } catch (IOException e) {
            LOG.debug("control: a connection ended: {}", e.toString());
        } finally {
            close();
            lines.release();
        }
    }

    /// @return whether another request may follow
    private boolean serve(byte[] line) throws IOException {
        byte[] answer = answer(line);
        waitingSinceNanos = nanoClock.getAsLong();
        if (!state.compareAndSet(State.BUSY, State.ANSWERING)) {
            return false;
        }
        lines.write(answer);
        waitingSinceNanos = nanoClock.getAsLong();
        // In this order: whoever ends the connection says so first and looks at the state then.
        return state.compareAndSet(State.ANSWERING, State.WAITING) && !last;
    }

    private byte[] answer(byte[] line) {
        ControlRequest request;
        try {
            request = ControlRequest.parse(line);
        } catch (ControlException e) {
            return ControlRequest.refusedUnread(e);
        }
        try {
            return request.answered(
                    request.op().equals(ControlProtocol.HELLO) ? hello : port.ask(request.op(), request.params()));
        } catch (ControlException e) {
            return request.refused(e, List.of());
        } catch (BundleException e) {
            return request.refused(
                    new ControlException(Code.BUNDLE, String.valueOf(e.getMessage()), e), e.violations());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            LOG.error("control: an operation failed in the host itself, op={}", request.op(), e);
            return request.refused(
                    new ControlException(Code.INTERNAL, "the host could not do it; its log says why", e), List.of());
        }
    }

    private void tell(byte[] line) {
        try {
            lines.write(line);
        } catch (IOException e) {
            LOG.debug("control: nobody reads why a connection ends: {}", e.toString());
        }
    }

    /// Ends it if nothing was asked, or nobody took an answer, for this long.
    void closeIfIdle(long nowNanos, long idleNanos) {
        if (state.get() != State.BUSY && nowNanos - waitingSinceNanos > idleNanos) {
            close();
        }
    }

    /// Ends it now, or once the request under way is answered.
    void finish() {
        last = true;
        if (state.compareAndSet(State.WAITING, State.CLOSED)) {
            close();
        }
    }

    /// Ends it, whatever is under way.
    void close() {
        state.set(State.CLOSED);
        try {
            lines.close();
        } catch (IOException e) {
            LOG.debug("control: a connection was not closed: {}", e.toString());
        }
    }
}
