package dev.cloche.host.scheduler;

import dev.cloche.host.hostcall.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The event loop of one script isolate, as data: it holds what is to be done next and runs nothing itself.
///
/// Confined to the thread that steps the isolate, but for [#complete], which any thread may call.
public final class Scheduler {
    /// What [#setTimer] answers when there is no room for another timer.
    public static final long FULL = -1;

    /*
     * completions ──► arrived ──┐ sorted by hostcall sequence
     *  (any thread)             ├──► ready (FIFO) ──► next()
     * timers ── due, by ────────┘
     *  (deadline, sequence)
     *
     * Between two ticks everything that has arrived moves to `ready` at once: completions first, in the order in which
     * the script made the hostcalls, whatever order they came back in; then timers. A completion never runs inside
     * another task.
     */
    private final Queue<Macrotask.HostcallCompleted> arrived = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Macrotask> ready = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Timer.DUE_FIRST);
    private final Map<Long, Timer> timersById = new HashMap<>();
    private final Set<Long> outstanding = new HashSet<>();
    private final LongSupplier nanoClock;
    private final long timersMax;
    private long sequence;

    /// @param nanoClock the clock that timers go by
    /// @param timersMax how many timers there may be at once
    public Scheduler(LongSupplier nanoClock, long timersMax) {
        this.nanoClock = nanoClock;
        this.timersMax = timersMax;
    }

    private record Timer(long id, long dueNanos, long order, long intervalNanos) {
        static final Comparator<Timer> DUE_FIRST = (a, b) -> {
            int byTime = Long.signum(a.dueNanos - b.dueNanos);
            return byTime != 0 ? byTime : Long.compare(a.order, b.order);
        };
    }

    /// Sets a timer.
    ///
    /// @param repeat whether it is set again each time it fires
    /// @return its id, or [#FULL]
    public long setTimer(long delayNanos, boolean repeat) {
        if (timersById.size() >= timersMax) {
            return FULL;
        }
        long id = ++sequence;
        add(new Timer(id, nanoClock.getAsLong() + delayNanos, id, repeat ? delayNanos : -1));
        return id;
    }

    private void add(Timer timer) {
        timers.add(timer);
        timersById.put(timer.id(), timer);
    }

    /// Removes a timer; does nothing if there is none of this id, or not any more.
    public void cancelTimer(long id) {
        Timer timer = timersById.remove(id);
        if (timer != null) {
            timers.remove(timer);
        }
        ready.removeIf(task -> task instanceof Macrotask.TimerFired fired && fired.timer() == id);
    }

    /// Takes note of a hostcall under way.
    ///
    /// @return its sequence, by which it is completed
    public long admitHostcall() {
        long admitted = ++sequence;
        outstanding.add(admitted);
        return admitted;
    }

    /// Brings the outcome of a hostcall. It is run at a later tick, never at once.
    public void complete(long hostcall, Outcome outcome) {
        arrived.add(new Macrotask.HostcallCompleted(hostcall, outcome));
    }

    /// The next task, if one is ready.
    public @Nullable Macrotask next() {
        if (ready.isEmpty()) {
            collectCompletions();
            collectTimers();
        }
        return ready.poll();
    }

    private void collectCompletions() {
        List<Macrotask.HostcallCompleted> batch = new ArrayList<>();
        for (var completed = arrived.poll(); completed != null; completed = arrived.poll()) {
            // What nobody waits for any more is dropped.
            if (outstanding.remove(completed.sequence())) {
                batch.add(completed);
            }
        }
        batch.sort(Comparator.comparingLong(Macrotask.HostcallCompleted::sequence));
        ready.addAll(batch);
    }

    private void collectTimers() {
        long now = nanoClock.getAsLong();
        List<Timer> repeating = new ArrayList<>();
        for (Timer timer = timers.peek(); timer != null && now - timer.dueNanos() >= 0; timer = timers.peek()) {
            timers.remove();
            timersById.remove(timer.id());
            ready.add(new Macrotask.TimerFired(timer.id()));
            if (timer.intervalNanos() >= 0) {
                repeating.add(timer);
            }
        }
        // Set again only now, so that an interval of zero does not fill the queue for ever.
        for (Timer timer : repeating) {
            add(new Timer(timer.id(), now + timer.intervalNanos(), ++sequence, timer.intervalNanos()));
        }
    }

    /// Whether anything can still become ready by itself.
    public boolean hasWork() {
        return !ready.isEmpty() || !timers.isEmpty() || !outstanding.isEmpty();
    }

    /// How many timers are set.
    public int timers() {
        return timersById.size();
    }

    /// How long until the next timer is due, zero if one is; [Long#MAX_VALUE] without timers.
    public long nanosToNextTimer() {
        Timer timer = timers.peek();
        return timer == null ? Long.MAX_VALUE : Math.max(0, timer.dueNanos() - nanoClock.getAsLong());
    }

    /// Forgets everything: what is still under way will be dropped when it arrives.
    public void clear() {
        ready.clear();
        timers.clear();
        timersById.clear();
        outstanding.clear();
    }
}
