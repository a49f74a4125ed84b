package dev.cloche.host.conformance;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A thread that guests run on while another one watches the time: some of the suite's guests loop or recurse for ever
/// if a pipeline is wrong.
final class WatchedThread implements AutoCloseable {
    /// The stack of the host's own guest threads.
    private static final long STACK_BYTES = 4L << 20;

    private final Pipeline.Session session;
    private final long limitMillis;
    private final long graceMillis;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final ExecutorService executor;
    private boolean stuck;

    /// @param session whose guests run
    /// @param limitMillis how long a command may take before its thread is interrupted
    /// @param graceMillis how long it may go on after that before its thread is given up
    WatchedThread(Pipeline.Session session, long limitMillis, long graceMillis) {
        this.session = session;
        this.limitMillis = limitMillis;
        this.graceMillis = graceMillis;
        this.executor = Executors.newSingleThreadExecutor(work -> {
            Thread started = Thread.ofPlatform()
                    .daemon()
                    .name("conformance")
                    .stackSize(STACK_BYTES)
                    .unstarted(work);
            thread.set(started);
            return started;
        });
    }

    /// Whether a command would not stop. Nothing runs any more then, and what the guest uses must not be released.
    boolean stuck() {
        return stuck;
    }

    /// What came of the work, within the time it has.
    Outcome run(Callable<Outcome> work) {
        if (stuck) {
            return new Outcome.Failed("an earlier command of the script would not stop");
        }
        Future<Outcome> future = executor.submit(work);
        try {
            return future.get(limitMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return stop(future);
        } catch (ExecutionException e) {
            return new Outcome.Failed("the runner failed: " + e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Outcome stop(Future<Outcome> future) {
        session.stop(true);
        // It is there: the work that is to be stopped runs on it.
        Objects.requireNonNull(thread.get()).interrupt();
        try {
            future.get(graceMillis, TimeUnit.MILLISECONDS);
            session.stop(false);
            // The flag may be up still, if the command ended by itself; the next one must not see it.
            executor.submit(Thread::interrupted).get(graceMillis, TimeUnit.MILLISECONDS);
            return new Outcome.Failed("stopped after limitMillis=" + limitMillis);
        } catch (TimeoutException | ExecutionException e) {
            stuck = true;
            return new Outcome.Failed("would not stop, graceMillis=" + graceMillis);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static ConformanceException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ConformanceException("the run was interrupted", e);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
