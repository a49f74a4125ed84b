package dev.cloche.host.hostcall;

import java.util.concurrent.locks.ReentrantLock;

/// Which lane the hostcalls of one extension take. Safe for use by many threads; every hostcall looks here once.
final class LaneSwitch {
    private final String extension;
    private final LaneControl control;
    private volatile boolean compat;
    private volatile LaneState state;

    /// When the compat lane may be left, if it was taken for an overload.
    private volatile long overloadEndsNanos;

    private volatile boolean overloaded;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private long windowBeganNanos;
    private int refusals;
    private int doublings;

    LaneSwitch(String extension, LaneControl control, LaneState state) {
        this.extension = extension;
        this.control = control;
        this.state = state;
        this.compat = state.lane() == LaneKind.COMPAT;
    }

    String extension() {
        return extension;
    }

    /// Whether the hostcall that begins now takes the compat lane.
    boolean compat() {
        if (!compat) {
            return false;
        }
        if (overloaded && overloadIsOver()) {
            endOverload();
        }
        return compat;
    }

    private boolean overloadIsOver() {
        return control.nanoTime() - overloadEndsNanos >= 0;
    }

    LaneState state() {
        return state;
    }

    boolean isOverloaded() {
        return overloaded;
    }

    /// By the control, under its lock.
    void set(LaneState changed) {
        state = changed;
        compat = changed.lane() == LaneKind.COMPAT;
    }

    /// A hostcall of the extension was refused since there was no room.
    void overloaded() {
        OverloadSettings settings = control.overload();
        if (!settings.enabled() || compat) {
            return;
        }
        boolean begins;
        lock.lock();
        try {
            begins = count(settings);
        } finally {
            lock.unlock();
        }
        if (begins) {
            control.settle(this);
        }
    }

    private boolean count(OverloadSettings settings) {
        long now = control.nanoTime();
        long window = settings.window().toNanos();
        if (refusals == 0 || now - windowBeganNanos > window) {
            windowBeganNanos = now;
            refusals = 0;
        }
        refusals++;
        if (refusals < settings.refusals() || overloaded) {
            return false;
        }
        refusals = 0;
        // Back too early, if it has not been long since.
        boolean soon =
                doublings > 0 && now - overloadEndsNanos < 2 * settings.hold().toNanos();
        doublings = soon ? Math.min(doublings + 1, OverloadSettings.DOUBLINGS_MAX) : 1;
        overloadEndsNanos = now + (settings.hold().toNanos() << (doublings - 1));
        overloaded = true;
        return true;
    }

    private void endOverload() {
        lock.lock();
        try {
            // Another thread may have ended it meanwhile, and the next one have begun.
            overloaded = overloaded && !overloadIsOver();
        } finally {
            lock.unlock();
        }
        control.settle(this);
    }
}
