package dev.cloche.host.reactor;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An envelope that counts what becomes of it.
final class Probe extends Envelope<String> {
    static final String FAILED = "failed";

    private final Callable<String> work;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private volatile @Nullable String answer;
    private volatile boolean endedLate;

    Probe(Callable<String> work) {
        this.work = work;
    }

    @Override
    protected String work() {
        begun.incrementAndGet();
        try {
            return work.call();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected String withdrawn(Withdrawal cause) {
        return cause.name();
    }

    @Override
    protected String failed(Throwable failure) {
        return FAILED;
    }

    @Override
    protected void answer(String answered) {
        // Work that ended by itself has ended before it is answered.
        endedLate |= !withdrawn(answered) && ends.get() != 1;
        answer = answered;
        answers.incrementAndGet();
    }

    private static boolean withdrawn(String answered) {
        return answered.equals(Withdrawal.CANCELLED.name()) || answered.equals(Withdrawal.CLOSED.name());
    }

    @Override
    protected void ended() {
        ends.incrementAndGet();
    }

    int begun() {
        return begun.get();
    }

    int ends() {
        return ends.get();
    }

    int answers() {
        return answers.get();
    }

    @Nullable
    String answer() {
        return answer;
    }

    boolean endedLate() {
        return endedLate;
    }
}
