package dev.cloche.host.hostcall;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Says which lane the hostcalls of each extension take. What is said takes effect with the next hostcall; those under
/// way end in the lane in which they began. Safe for use by many threads.
///
/// Most urgent first: what the start of the host said, a force for all, a force for one extension, the settings, an
/// overload.
public final class LaneControl {
    private static final String HOST = "host";
    private static final String USER = "user";

    private final LaneOverride override;
    private final OverloadSettings overload;
    private final LongSupplier nanoClock;
    private final LongSupplier epochMillis;
    private final Consumer<LaneChange> listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, LaneSwitch> switches = new ConcurrentHashMap<>();
    // Guarded by lock.
    private final Map<String, LaneForce> forces = new HashMap<>();
    private Set<String> settings = Set.of();
    private long settingsSince;

    private final long startedMillis;

    /// @param override what the start of the host said
    /// @param epochMillis the wall clock, in milliseconds of the epoch
    /// @param listener is told each change, in order, under a lock: must neither wait nor call back
    public LaneControl(
            LaneOverride override,
            OverloadSettings overload,
            LongSupplier nanoClock,
            LongSupplier epochMillis,
            Consumer<LaneChange> listener) {
        this.override = override;
        this.overload = overload;
        this.nanoClock = nanoClock;
        this.epochMillis = epochMillis;
        this.listener = listener;
        this.startedMillis = epochMillis.getAsLong();
        this.settingsSince = startedMillis;
    }

    OverloadSettings overload() {
        return overload;
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    /// The switch of an extension, one for all that ever have its id.
    LaneSwitch of(String extension) {
        LaneSwitch known = switches.get(extension);
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            return switches.computeIfAbsent(
                    extension, id -> new LaneSwitch(id, this, decide(id, false, epochMillis.getAsLong())));
        } finally {
            lock.unlock();
        }
    }

    /// Forces the compat lane, for one extension or all.
    public void force(LaneForce force) {
        lock.lock();
        try {
            forces.put(force.extension(), force);
            settleAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes a force back.
    ///
    /// @return whether there was one
    public boolean revert(String extension) {
        lock.lock();
        try {
            boolean was = forces.remove(extension) != null;
            settleAll();
            return was;
        } finally {
            lock.unlock();
        }
    }

    /// The lane that an extension would take without the force for it alone.
    public LaneKind laneWithoutForce(String extension) {
        lock.lock();
        try {
            LaneForce force = forces.remove(extension);
            LaneSwitch known = switches.get(extension);
            LaneKind lane = decide(extension, known != null && known.isOverloaded(), epochMillis.getAsLong())
                    .lane();
            if (force != null) {
                forces.put(extension, force);
            }
            return lane;
        } finally {
            lock.unlock();
        }
    }

    /// The forces there are, by extension.
    public SortedMap<String, LaneForce> forces() {
        lock.lock();
        try {
            return new TreeMap<>(forces);
        } finally {
            lock.unlock();
        }
    }

    /// Goes by other settings from now on.
    ///
    /// @param compat those whose settings say `compat`
    public void settings(Set<String> compat) {
        lock.lock();
        try {
            if (!settings.equals(compat)) {
                settings = Set.copyOf(compat);
                settingsSince = epochMillis.getAsLong();
                settleAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The lane of an extension, which need not be there yet.
    public LaneState state(String extension) {
        LaneSwitch known = switches.get(extension);
        if (known != null) {
            // Looked at as a hostcall would, so that an overload that is over is.
            var _ = known.compat();
            return known.state();
        }
        lock.lock();
        try {
            return decide(extension, false, epochMillis.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    void settle(LaneSwitch changed) {
        lock.lock();
        try {
            settle(changed, epochMillis.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    private void settleAll() {
        long now = epochMillis.getAsLong();
        switches.values().forEach(each -> settle(each, now));
    }

    private void settle(LaneSwitch each, long nowMillis) {
        LaneState before = each.state();
        LaneState after = decide(each.extension(), each.isOverloaded(), nowMillis);
        boolean same = before.lane() == after.lane() && before.reasonCode().equals(after.reasonCode());
        if (!same) {
            each.set(after);
            listener.accept(new LaneChange(each.extension(), before, after));
        }
    }

    private LaneState decide(String extension, boolean overloaded, long nowMillis) {
        switch (override.scope()) {
            case ALL -> {
                return new LaneState(LaneKind.COMPAT, LaneReason.OPTION_ALL, USER, startedMillis);
            }
            case NONE -> {
                return new LaneState(LaneKind.FAST, LaneReason.OPTION_NONE, USER, startedMillis);
            }
            case SOME -> {
                if (override.extensions().contains(extension)) {
                    return new LaneState(LaneKind.COMPAT, LaneReason.OPTION_EXTENSION, USER, startedMillis);
                }
            }
            case UNSET -> {
                // The rest decides.
            }
        }
        LaneForce force = forces.getOrDefault(LaneForce.EVERY, forces.get(extension));
        if (force != null) {
            return new LaneState(LaneKind.COMPAT, force.reasonCode(), force.triggeredBy(), force.sinceMillis());
        }
        if (settings.contains(extension)) {
            return new LaneState(LaneKind.COMPAT, LaneReason.SETTINGS, USER, settingsSince);
        }
        return overloaded
                ? new LaneState(LaneKind.COMPAT, LaneReason.OVERLOAD, HOST, nowMillis)
                : new LaneState(LaneKind.FAST, LaneReason.DEFAULT, HOST, nowMillis);
    }
}
