package dev.cloche.host.scheduler;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The event loop of one script isolate, as data: it holds what is to be done next and runs nothing itself.
///
/// Confined to the thread that steps the isolate, but for [#complete] and [#deliver], which any thread may call.
public final class Scheduler {
    /*
     * completions, chunks ──► arrivals ── by hostcall ──┐
     * events (any thread) ──►    "     ── as they came ─┼──► ready (FIFO) ──► next()
     * timers ────────────────── due, by ────────────────┘
     *                        (deadline, sequence)
     *
     * Before each tick, everything that has arrived since the last one moves to `ready` at once, in this order.
     *
     * I1 At most one macrotask a tick: next() gives one, and the caller runs it to its end before it asks again.
     * I2 After it microtasks drain to a fixpoint, within a bound: that is the caller's part (EventLoop).
     * I3 Timers with equal deadlines fire in rising sequence: TimerHeap orders by (deadline, sequence). An interval
     *    takes a new sequence each time it is set again, so it overtakes nothing that was set before.
     * I4 Completions enqueue and never re-enter: complete() only pushes to `arrivals`, on whatever thread, also when
     *    it is called from within a task; so do cancellations and the ends of hostcalls' times to `ready`.
     * I5 Everything observable is ordered by one sequence: `sequence` counts timers, hostcalls and events alike, and
     *    outcomes that became ready between two ticks are ordered by it.
     */

    /// What is answered instead of a sequence when there is no room for another timer or hostcall.
    public static final long FULL = -1;

    /// The time of a hostcall that has all the time of its call.
    public static final long NO_TIMEOUT = Long.MAX_VALUE;

    /// Far enough for any timer, and so near that deadlines can still be compared.
    private static final long DELAY_NANOS_MAX = Long.MAX_VALUE / 4;

    /// The door of a scheduler that nothing is brought to.
    private static final long CLOSED = Long.MAX_VALUE;

    private final SchedulerClock clock;
    private final SchedulerLimits limits;
    private final HeldBytes held;
    private final Arrivals arrivals = new Arrivals();
    private final ArrivalBatch batch = new ArrivalBatch();
    private final Room chunkRoom;
    private final Room eventRoom;
    private final ReadyQueue ready = new ReadyQueue();
    private final TimerHeap heap = new TimerHeap();
    private final LongTable<Timer> timers = new LongTable<>();
    private final LongTable<PendingHostcall> hostcalls = new LongTable<>();
    private final Trace trace = new Trace();
    private final LongAdder late = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /// Rises over the scheduler's whole life, so that what was meant for an earlier call is known by it.
    private long sequence;

    /// The sequence before the first of the call: which call it is.
    private long base;

    /// What other threads see of `base`: hostcalls up to here are over.
    private volatile long door;

    /// How many hostcalls have an outcome that is wanted and not there.
    private int wanted;

    /// Whether the call is told of events.
    private boolean listening;

    /// Whether what has come for this call is still counted as held: from its beginning until it is cleared away.
    private boolean counted = true;

    private long ticks;
    private long gaps;
    private long cancelled;
    private long timeouts;

    /// @param clock what timers go by
    /// @param held is told of what is held for the script
    public Scheduler(SchedulerClock clock, SchedulerLimits limits, HeldBytes held) {
        this.clock = clock;
        this.limits = limits;
        this.held = held;
        this.chunkRoom = new Room(limits.chunks(), limits.chunkBytes());
        this.eventRoom = new Room(limits.events(), limits.eventBytes());
    }

    // ---- Calls -------------------------------------------------------------------------------------------------

    /// Begins a call: nothing of an earlier one is left, and its trace is empty.
    public void begin() {
        clear();
        // No two calls have the same, even if nothing happens in one of them.
        base = ++sequence;
        counted = true;
        door = base;
        trace.restart();
    }

    /// Ends a call: forgets everything; what is still under way is dropped when it arrives. Services that stream are
    /// told so; other hostcalls are carried out to their end.
    public void clear() {
        door = CLOSED;
        for (Arrived at = arrivals.takeAll(); at != null; at = at.before) {
            drop(at);
        }
        hostcalls.forEach(hostcall -> {
            if (hostcall.outcome != null) {
                dropLate(hostcall.outcome);
            }
            dropWaiting(hostcall);
            if (hostcall.stream && !hostcall.ended) {
                hostcall.control.cancel();
            }
        });
        for (Ready task = ready.poll(); task != null; task = ready.poll()) {
            if (task instanceof PendingEvent pending) {
                release(pending.event);
                late.increment();
            }
        }
        ready.clear();
        heap.clear();
        timers.clear();
        hostcalls.clear();
        wanted = 0;
        listening = false;
        counted = false;
    }

    /// The call under way, by a number that no other call of this scheduler has.
    public long call() {
        return base;
    }

    /// From now on the call may wait for events alone.
    public void listen() {
        listening = true;
    }

    /// The place of something within its call, from one: the same in each run of the call, in whatever isolate.
    public long number(long id) {
        return id - base;
    }

    /// What [#number] is the place of.
    public long ofNumber(long number) {
        return number + base;
    }

    /// A hash over everything observable of the call until now, or of the last one: hostcalls, timers and cancellations
    /// in the order in which the script made them, macrotasks in the order in which it was given them, with the
    /// outcomes and payloads they carried. Equal for runs that went the same way; times are not in it.
    public long traceHash() {
        return trace.value();
    }

    /// Takes something the script has said into the trace.
    ///
    /// @param what its name, for example a hostcall's operation
    public void note(String what, Payload payload) {
        trace.add(Trace.Kind.REQUEST, sequence - base);
        trace.add(what);
        trace.add(payload);
    }

    // ---- Timers ------------------------------------------------------------------------------------------------

    /// Sets a timer.
    ///
    /// @param repeat whether it is set again each time it fires
    /// @return its id, or [#FULL]
    public long setTimer(long delayNanos, boolean repeat) {
        if (timers.size() >= limits.timers()) {
            return FULL;
        }
        long delay = Math.clamp(delayNanos, 0, DELAY_NANOS_MAX);
        long id = ++sequence;
        Timer timer = new Timer(id, clock.getAsLong() + delay, repeat ? delay : Timer.ONCE, null);
        timers.put(id, timer);
        heap.add(timer);
        trace.add(Trace.Kind.TIMER_SET, id - base);
        return id;
    }

    /// Removes a timer, even one that is ready; does nothing if there is none of this id, or not any more.
    public void cancelTimer(long id) {
        Timer timer = timers.remove(id);
        if (timer == null) {
            return;
        }
        if (timer.position != Timer.NOWHERE) {
            heap.remove(timer);
        } else {
            ready.abandon(timer);
        }
        trace.add(Trace.Kind.TIMER_CANCELLED, id - base);
    }

    /// How many timers are set and have not fired.
    public int timers() {
        return timers.size();
    }

    /// How long until the next timer or end of a hostcall's time is due, zero if one is; [Long#MAX_VALUE] if there is
    /// none.
    public long nanosToNextTimer() {
        Timer first = heap.first();
        return first == null ? Long.MAX_VALUE : Math.max(0, first.dueNanos - clock.getAsLong());
    }

    // ---- Hostcalls, as the script sees them --------------------------------------------------------------------

    /// Takes note of a hostcall under way, which has all the time of its call.
    ///
    /// @return its sequence, by which it is completed, or [#FULL]
    public long admitHostcall() {
        return admitHostcall(NO_TIMEOUT);
    }

    /// Takes note of a hostcall under way.
    ///
    /// @param timeoutNanos after what time the script is told that it failed
    /// @return its sequence, by which it is completed, or [#FULL]
    public long admitHostcall(long timeoutNanos) {
        return admit(timeoutNanos, false);
    }

    /// Takes note of a hostcall under way whose answer comes in chunks. Each is given to the script once it was asked
    /// for by [#pull].
    ///
    /// @param timeoutNanos after what time the script is told that it failed, if the last chunk has not come
    /// @return its sequence, by which it is completed, or [#FULL]
    public long openStream(long timeoutNanos) {
        return admit(timeoutNanos, true);
    }

    private long admit(long timeoutNanos, boolean stream) {
        if (hostcalls.size() >= limits.hostcalls()) {
            return FULL;
        }
        long id = ++sequence;
        PendingHostcall hostcall = new PendingHostcall(id, stream, timeoutNanos);
        hostcalls.put(id, hostcall);
        if (hostcall.wanted) {
            wanted++;
        }
        if (timeoutNanos != NO_TIMEOUT) {
            long due = clock.getAsLong() + Math.clamp(timeoutNanos, 0, DELAY_NANOS_MAX);
            hostcall.timeout = new Timer(id, due, Timer.ONCE, hostcall);
            heap.add(hostcall.timeout);
        }
        trace.add(stream ? Trace.Kind.STREAM_OPENED : Trace.Kind.HOSTCALL_ADMITTED, id - base);
        return id;
    }

    /// Says how to reach whoever carries a hostcall out. Of no use once its last outcome is known.
    public void control(long id, HostcallControl control) {
        PendingHostcall hostcall = hostcalls.get(id);
        if (hostcall != null) {
            hostcall.control = control;
        }
    }

    /// Asks for the next chunk of a stream: one at a time. Does nothing if one is asked for already.
    public void pull(long id) {
        PendingHostcall hostcall = hostcalls.get(id);
        if (hostcall == null || hostcall.wanted || hostcall.outcome != null) {
            return;
        }
        trace.add(Trace.Kind.STREAM_PULLED, id - base);
        Outcome next = hostcall.takeWaiting();
        if (next == null) {
            hostcall.wanted = true;
            wanted++;
        } else {
            enqueue(hostcall, next);
        }
    }

    /// Cancels a hostcall: the script is told so at a later tick, in place of what the hostcall comes to; its service
    /// may be interrupted. Does nothing if the script has been given the last outcome.
    public void cancelHostcall(long id) {
        PendingHostcall hostcall = hostcalls.get(id);
        if (hostcall == null || hostcall.cancelled) {
            return;
        }
        hostcall.cancelled = true;
        cancelled++;
        trace.add(Trace.Kind.HOSTCALL_CANCELLED, id - base);
        Failed failed = new Failed(FailedCode.CANCELLED, "the script cancelled it", false);
        dropWaiting(hostcall);
        interrupt(hostcall);
        if (hostcall.outcome == null) {
            arrive(hostcall, failed);
        } else {
            dropLate(hostcall.outcome);
            hostcall.outcome = failed;
        }
    }

    /// Gives a hostcall up: the script is told nothing more of it; its service may be interrupted.
    public void abandonHostcall(long id) {
        PendingHostcall hostcall = hostcalls.remove(id);
        if (hostcall == null) {
            return;
        }
        cancelled++;
        trace.add(Trace.Kind.HOSTCALL_ABANDONED, id - base);
        dropWaiting(hostcall);
        interrupt(hostcall);
        if (hostcall.outcome != null) {
            dropLate(hostcall.outcome);
            ready.abandon(hostcall);
        } else if (hostcall.wanted) {
            wanted--;
        }
    }

    /// Nothing more is taken of a hostcall; its service is told so, unless it is done.
    private void interrupt(PendingHostcall hostcall) {
        if (!hostcall.ended) {
            end(hostcall);
            hostcall.control.cancel();
        }
    }

    private void end(PendingHostcall hostcall) {
        hostcall.ended = true;
        if (hostcall.timeout != null) {
            heap.remove(hostcall.timeout);
        }
    }

    // ---- What arrives, from any thread -------------------------------------------------------------------------

    /// Brings the outcome of a hostcall, or the next chunk of it. The script is given it at a later tick, never at
    /// once. Chunks come in the order of their numbers, from zero; one that is missing or comes twice ends the stream
    /// with an error. An outcome that is no chunk is taken whether there is room or not: each hostcall has one.
    public Arrival complete(long hostcall, Outcome outcome) {
        long seen = door;
        if (hostcall <= seen) {
            late.increment();
            return Arrival.LATE;
        }
        if (outcome instanceof Outcome.Chunk chunk && !chunkRoom.take(chunk.size())) {
            refused.increment();
            return Arrival.FULL;
        }
        held.hold(outcome.size());
        arrivals.push(new Arrived(seen, hostcall, outcome));
        return Arrival.TAKEN;
    }

    /// Brings an inbound event, which the script is given at a later tick of the call it is for. Once that is over it
    /// is late.
    ///
    /// @param call which call it is for, by [#call]
    public Arrival deliver(long call, InboundEvent event) {
        long seen = door;
        if (seen != call) {
            late.increment();
            return Arrival.LATE;
        }
        int size = event.payload().size();
        if (!eventRoom.take(size)) {
            refused.increment();
            return Arrival.FULL;
        }
        held.hold(size);
        arrivals.push(new Arrived(seen, event));
        return Arrival.TAKEN;
    }

    // ---- Ticks -------------------------------------------------------------------------------------------------

    /// The next task, if one is ready: one tick.
    public @Nullable Macrotask next() {
        collectArrivals();
        if (!heap.isEmpty()) {
            collectTimers(clock.getAsLong());
        }
        Ready task = ready.poll();
        while (task == null && skip()) {
            collectTimers(clock.getAsLong());
            task = ready.poll();
        }
        if (task == null) {
            return null;
        }
        ticks++;
        return switch (task) {
            case Timer timer -> fired(timer);
            case PendingHostcall hostcall -> completed(hostcall);
            case PendingEvent pending -> arrived(pending);
        };
    }

    /// Has a clock that can do so go on to the next timer, if nothing else can happen before.
    private boolean skip() {
        Timer first = heap.first();
        return first != null && wanted == 0 && clock.skipTo(first.dueNanos);
    }

    /// Whether anything can still become ready by itself.
    public boolean hasWork() {
        return !ready.isEmpty() || !heap.isEmpty() || wanted > 0 || listening;
    }

    /// Whether a hostcall has an outcome that is wanted and not there. One that has arrived is there from the next
    /// tick.
    public boolean awaitsHostcalls() {
        return wanted > 0;
    }

    private Macrotask fired(Timer timer) {
        if (timer.intervalNanos == Timer.ONCE) {
            timers.remove(timer.id);
        } else {
            // Only now, so that an interval of zero fires once a tick and not for ever.
            timer.sequence = ++sequence;
            timer.dueNanos = clock.getAsLong() + timer.intervalNanos;
            heap.add(timer);
        }
        trace.add(Trace.Kind.TIMER_FIRED, timer.id - base);
        return new Macrotask.TimerFired(timer.id);
    }

    private Macrotask completed(PendingHostcall hostcall) {
        Outcome outcome = hostcall.takeReady();
        boolean last = hostcall.last();
        release(outcome);
        if (last) {
            hostcalls.remove(hostcall.sequence);
        }
        if (outcome instanceof Outcome.Chunk chunk && !hostcall.ended) {
            hostcall.control.delivered(chunk.sequence());
        }
        trace.add(hostcall.sequence - base, outcome);
        return new Macrotask.HostcallCompleted(hostcall.sequence, outcome, last);
    }

    private Macrotask arrived(PendingEvent pending) {
        release(pending.event);
        trace.add(Trace.Kind.EVENT, pending.sequence - base);
        trace.add(pending.event.name());
        trace.add(pending.event.source());
        trace.add(pending.event.payload());
        return new Macrotask.EventArrived(pending.sequence, pending.event);
    }

    private void collectArrivals() {
        Arrived newest = arrivals.takeAll();
        if (newest == null) {
            return;
        }
        int count = batch.fill(newest);
        for (int i = 0; i < count; i++) {
            take(batch.get(i));
        }
        batch.clear();
    }

    private void take(Arrived arrived) {
        if (arrived.base != base) {
            drop(arrived);
        } else if (arrived.event != null) {
            ready.add(new PendingEvent(++sequence, arrived.event));
        } else if (arrived.outcome != null) {
            take(hostcalls.get(arrived.hostcall), arrived.outcome);
        }
    }

    private void take(@Nullable PendingHostcall hostcall, Outcome outcome) {
        if (hostcall == null || hostcall.ended) {
            dropLate(outcome);
        } else if (!(outcome instanceof Outcome.Chunk chunk)) {
            end(hostcall);
            arrive(hostcall, outcome);
        } else if (!hostcall.stream) {
            release(chunk);
            interrupt(hostcall);
            arrive(
                    hostcall,
                    new Failed(FailedCode.UNSUPPORTED, "its answer comes in chunks; use cloche.stream", false));
        } else if (chunk.sequence() != hostcall.nextChunk) {
            release(chunk);
            gaps++;
            interrupt(hostcall);
            arrive(hostcall, chunkMissing(chunk.sequence(), hostcall.nextChunk));
        } else {
            hostcall.nextChunk++;
            if (chunk.last()) {
                end(hostcall);
            }
            arrive(hostcall, chunk);
        }
    }

    private static Failed chunkMissing(long came, long expected) {
        String what = came > expected ? "chunk missing" : "chunk came twice";
        return new Failed(
                FailedCode.INTERNAL, what + "; the stream ends here, expected=" + expected + " came=" + came, false);
    }

    private void collectTimers(long now) {
        for (Timer timer = heap.first(); timer != null && now - timer.dueNanos >= 0; timer = heap.first()) {
            heap.remove(timer);
            if (timer.hostcall == null) {
                ready.add(timer);
            } else {
                timeOut(timer.hostcall);
            }
        }
    }

    private void timeOut(PendingHostcall hostcall) {
        timeouts++;
        dropWaiting(hostcall);
        interrupt(hostcall);
        arrive(
                hostcall,
                new Failed(
                        FailedCode.TIMEOUT,
                        "it was not answered in time, timeout=" + TimeUnit.NANOSECONDS.toMillis(hostcall.timeoutNanos)
                                + "ms",
                        true));
    }

    /// Gives an outcome to the script if it waits for one.
    private void arrive(PendingHostcall hostcall, Outcome outcome) {
        if (hostcall.wanted) {
            hostcall.wanted = false;
            wanted--;
            enqueue(hostcall, outcome);
        } else {
            hostcall.await(outcome);
        }
    }

    private void enqueue(PendingHostcall hostcall, Outcome outcome) {
        hostcall.outcome = outcome;
        ready.add(hostcall);
    }

    // ---- What is dropped ---------------------------------------------------------------------------------------

    private void dropWaiting(PendingHostcall hostcall) {
        for (Outcome waiting = hostcall.takeWaiting(); waiting != null; waiting = hostcall.takeWaiting()) {
            dropLate(waiting);
        }
    }

    private void dropLate(Outcome outcome) {
        release(outcome);
        late.increment();
    }

    /// Drops what nobody was found to take. What came for an earlier call is not held any more.
    private void drop(Arrived arrived) {
        late.increment();
        boolean heldStill = counted && arrived.base == base;
        if (arrived.event != null) {
            eventRoom.give(arrived.event.payload().size());
            held.drop(heldStill ? arrived.event.payload().size() : 0);
        } else if (arrived.outcome != null) {
            giveRoom(arrived.outcome);
            held.drop(heldStill ? arrived.outcome.size() : 0);
        }
    }

    private void release(InboundEvent event) {
        eventRoom.give(event.payload().size());
        held.drop(event.payload().size());
    }

    private void release(Outcome outcome) {
        giveRoom(outcome);
        held.drop(outcome.size());
    }

    private void giveRoom(Outcome outcome) {
        if (outcome instanceof Outcome.Chunk chunk) {
            chunkRoom.give(chunk.size());
        }
    }

    // ---- Figures -----------------------------------------------------------------------------------------------

    /// What has been counted since the scheduler was made.
    public SchedulerStats stats() {
        return new SchedulerStats(ticks, late.sum(), gaps, cancelled, timeouts, refused.sum());
    }
}
