package dev.cloche.host.scheduler;

import dev.cloche.host.hostcall.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a scheduler is to do, said with plain lists that are sorted anew each time.
final class NaiveScheduler {
    private final SchedulerLimits limits;
    private final List<Timer> timers = new ArrayList<>();
    private final TreeMap<Long, Call> calls = new TreeMap<>();
    private final List<Object> ready = new ArrayList<>();
    private final List<Came> arrived = new ArrayList<>();
    private final List<InboundEvent> events = new ArrayList<>();
    private long sequence;
    private long base;
    long now;
    long ticks;
    long late;
    long gaps;
    long cancelled;
    long timeouts;
    long refused;

    /// What was observed, in words.
    final List<String> trace = new ArrayList<>();

    NaiveScheduler(SchedulerLimits limits) {
        this.limits = limits;
    }

    private record Came(long call, Outcome outcome) {}

    private record EventReady(long sequence, InboundEvent event) {}

    private static final class Timer {
        final long id;
        final long interval;
        long due;
        long order;
        boolean isReady;

        @Nullable
        Call call;

        Timer(long id, long due, long interval) {
            this.id = id;
            this.order = id;
            this.due = due;
            this.interval = interval;
        }
    }

    private static final class Call {
        final long id;
        final boolean stream;
        final List<Outcome> waiting = new ArrayList<>();
        boolean wanted;
        boolean ended;
        boolean cancelled;
        long next;
        long millis;

        @Nullable
        Outcome ready;

        Call(long id, boolean stream) {
            this.id = id;
            this.stream = stream;
            this.wanted = !stream;
        }
    }

    void begin() {
        late += arrived.size() + events.size();
        for (Call call : calls.values()) {
            late += call.waiting.size() + (call.ready == null ? 0 : 1);
        }
        late += ready.stream().filter(EventReady.class::isInstance).count();
        timers.clear();
        calls.clear();
        ready.clear();
        arrived.clear();
        events.clear();
        trace.clear();
        base = ++sequence;
    }

    long setTimer(long delay, boolean repeat) {
        if (timers() >= limits.timers()) {
            return Scheduler.FULL;
        }
        long id = ++sequence;
        timers.add(new Timer(id, now + delay, repeat ? delay : -1));
        trace.add("set " + (id - base));
        return id;
    }

    int timers() {
        return (int) timers.stream().filter(timer -> timer.call == null).count();
    }

    void cancelTimer(long id) {
        if (timers.removeIf(timer -> timer.id == id && timer.call == null)) {
            ready.removeIf(task -> task instanceof Timer timer && timer.id == id);
            trace.add("clear " + (id - base));
        }
    }

    long admit(boolean stream, long timeout) {
        if (calls.size() >= limits.hostcalls()) {
            return Scheduler.FULL;
        }
        long id = ++sequence;
        Call call = new Call(id, stream);
        calls.put(id, call);
        if (timeout != Scheduler.NO_TIMEOUT) {
            Timer timer = new Timer(id, now + timeout, -1);
            timer.call = call;
            call.millis = timeout / 1_000_000;
            timers.add(timer);
        }
        trace.add((stream ? "open " : "admit ") + (id - base));
        return id;
    }

    Arrival complete(long id, Outcome outcome) {
        if (id <= base) {
            late++;
            return Arrival.LATE;
        }
        if (outcome instanceof Outcome.Chunk) {
            List<Outcome> held = chunksHeld();
            held.add(outcome);
            if (held.size() > limits.chunks()
                    || held.stream().mapToLong(Outcome::size).sum() > limits.chunkBytes()) {
                refused++;
                return Arrival.FULL;
            }
        }
        arrived.add(new Came(id, outcome));
        return Arrival.TAKEN;
    }

    private List<Outcome> outcomesHeld() {
        List<Outcome> held = new ArrayList<>();
        arrived.forEach(came -> held.add(came.outcome));
        for (Call call : calls.values()) {
            held.addAll(call.waiting);
            if (call.ready != null) {
                held.add(call.ready);
            }
        }
        return held;
    }

    private List<Outcome> chunksHeld() {
        List<Outcome> held = outcomesHeld();
        held.removeIf(outcome -> !(outcome instanceof Outcome.Chunk));
        return held;
    }

    private List<InboundEvent> eventsHeld() {
        List<InboundEvent> held = new ArrayList<>(events);
        ready.forEach(task -> {
            if (task instanceof EventReady waiting) {
                held.add(waiting.event);
            }
        });
        return held;
    }

    long bytesHeld() {
        return outcomesHeld().stream().mapToLong(Outcome::size).sum()
                + eventsHeld().stream()
                        .mapToLong(event -> event.payload().size())
                        .sum();
    }

    Arrival deliver(InboundEvent event) {
        List<InboundEvent> held = eventsHeld();
        held.add(event);
        if (held.size() > limits.events()
                || held.stream().mapToLong(each -> each.payload().size()).sum() > limits.eventBytes()) {
            refused++;
            return Arrival.FULL;
        }
        events.add(event);
        return Arrival.TAKEN;
    }

    void pull(long id) {
        Call call = calls.get(id);
        if (call == null || call.wanted || call.ready != null) {
            return;
        }
        trace.add("pull " + (id - base));
        if (call.waiting.isEmpty()) {
            call.wanted = true;
        } else {
            call.ready = call.waiting.removeFirst();
            ready.add(call);
        }
    }

    void cancel(long id) {
        Call call = calls.get(id);
        if (call == null || call.cancelled) {
            return;
        }
        call.cancelled = true;
        cancelled++;
        trace.add("cancel " + (id - base));
        late += call.waiting.size();
        call.waiting.clear();
        end(call);
        Outcome failed = new Outcome.Failed(Outcome.FailedCode.CANCELLED, "the script cancelled it", false);
        if (call.ready == null) {
            give(call, failed);
        } else {
            late++;
            call.ready = failed;
        }
    }

    void abandon(long id) {
        Call call = calls.remove(id);
        if (call == null) {
            return;
        }
        cancelled++;
        trace.add("abandon " + (id - base));
        late += call.waiting.size() + (call.ready == null ? 0 : 1);
        ready.remove(call);
        end(call);
    }

    private void end(Call call) {
        call.ended = true;
        timers.removeIf(timer -> timer.call == call);
    }

    private void give(Call call, Outcome outcome) {
        if (call.wanted) {
            call.wanted = false;
            call.ready = outcome;
            ready.add(call);
        } else {
            call.waiting.add(outcome);
        }
    }

    private void collect() {
        List<Came> batch = new ArrayList<>(arrived);
        batch.sort(Comparator.comparingLong(Came::call));
        arrived.clear();
        batch.forEach(this::take);
        events.forEach(event -> ready.add(new EventReady(++sequence, event)));
        events.clear();
        List<Timer> due = new ArrayList<>(timers);
        due.removeIf(timer -> timer.due > now || timer.isReady);
        due.sort(Comparator.<Timer>comparingLong(timer -> timer.due).thenComparingLong(timer -> timer.order));
        for (Timer timer : due) {
            if (timer.call == null) {
                timer.isReady = true;
                ready.add(timer);
            } else {
                timeouts++;
                late += timer.call.waiting.size();
                timer.call.waiting.clear();
                end(timer.call);
                give(
                        timer.call,
                        new Outcome.Failed(
                                Outcome.FailedCode.TIMEOUT,
                                "it was not answered in time, timeout=" + timer.call.millis + "ms",
                                true));
            }
        }
    }

    private void take(Came came) {
        Call call = calls.get(came.call);
        if (call == null || call.ended) {
            late++;
        } else if (!(came.outcome instanceof Outcome.Chunk chunk)) {
            end(call);
            give(call, came.outcome);
        } else if (!call.stream) {
            end(call);
            give(call, failed(Outcome.FailedCode.UNSUPPORTED, "its answer comes in chunks; use cloche.stream"));
        } else if (chunk.sequence() != call.next) {
            gaps++;
            end(call);
            String what = chunk.sequence() > call.next ? "chunk missing" : "chunk came twice";
            give(
                    call,
                    failed(
                            Outcome.FailedCode.INTERNAL,
                            what + "; the stream ends here, expected=" + call.next + " came=" + chunk.sequence()));
        } else {
            call.next++;
            if (chunk.last()) {
                end(call);
            }
            give(call, chunk);
        }
    }

    private static Outcome failed(Outcome.FailedCode code, String message) {
        return new Outcome.Failed(code, message, false);
    }

    @Nullable
    Macrotask next() {
        collect();
        if (ready.isEmpty()) {
            return null;
        }
        ticks++;
        Object task = ready.removeFirst();
        if (task instanceof Timer timer) {
            trace.add("fire " + (timer.id - base));
            if (timer.interval < 0) {
                timers.remove(timer);
            } else {
                timer.isReady = false;
                timer.order = ++sequence;
                timer.due = now + timer.interval;
            }
            return new Macrotask.TimerFired(timer.id);
        }
        if (task instanceof EventReady event) {
            trace.add("event " + (event.sequence - base) + event.event.name() + bytes(event.event));
            return new Macrotask.EventArrived(event.sequence, event.event);
        }
        Call call = (Call) task;
        Outcome outcome = Objects.requireNonNull(call.ready, "ready");
        call.ready = null;
        boolean last = call.ended && call.waiting.isEmpty();
        if (last) {
            calls.remove(call.id);
        }
        trace.add("outcome " + (call.id - base) + said(outcome));
        return new Macrotask.HostcallCompleted(call.id, outcome, last);
    }

    private static String bytes(InboundEvent event) {
        return event.payload().text();
    }

    private static String said(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Ok ok -> "ok " + ok.answer().text();
            case Outcome.Chunk chunk ->
                "chunk " + chunk.sequence() + chunk.last() + chunk.bytes().text();
            case Outcome.Denied denied -> denied.toString();
            case Outcome.Failed failed -> failed.toString();
        };
    }

    boolean hasWork() {
        return !ready.isEmpty()
                || timers.stream().anyMatch(timer -> !timer.isReady)
                || calls.values().stream().anyMatch(call -> call.wanted);
    }

    long nanosToNextTimer() {
        return timers.stream()
                .filter(timer -> !timer.isReady)
                .mapToLong(timer -> Math.max(0, timer.due - now))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    SchedulerStats stats() {
        return new SchedulerStats(ticks, late, gaps, cancelled, timeouts, refused);
    }
}
