package dev.cloche.host.hostcall;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Hostcalls as isolates of one extension make them: each [#call] from an isolate of its own, all that are submitted
/// from one.
public final class GuestSide {
    private final HostcallPort port;
    private final HostcallChannel submitting;
    private final ReentrantLock lock = new ReentrantLock();

    public GuestSide(HostcallPort port) {
        this.port = port;
        this.submitting = port.open();
    }

    private Hostcall resolved(Hostcall hostcall) {
        return new Hostcall(
                hostcall.frame(), port.resolve(hostcall.op().name()), hostcall.request(), hostcall.format());
    }

    /// Begins a hostcall and waits for it.
    public Outcome call(Hostcall hostcall) {
        try (HostcallChannel channel = port.open()) {
            return channel.call(resolved(hostcall));
        }
    }

    /// Begins a hostcall and tells its outcome, now or later.
    public void submit(Hostcall hostcall, Consumer<Outcome> completion) {
        Progress progress;
        lock.lock();
        try {
            progress = submitting.submit(resolved(hostcall), completion);
        } finally {
            lock.unlock();
        }
        switch (progress) {
            case Outcome outcome -> completion.accept(outcome);
            case Waiting waiting -> {
                if (waiting.onCaller()) {
                    completion.accept(waiting.await());
                }
            }
        }
    }
}
