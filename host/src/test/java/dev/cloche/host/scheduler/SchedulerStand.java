package dev.cloche.host.scheduler;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.scheduler.Macrotask.HostcallCompleted;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A scheduler under a clock that a test steps, and what it tells others.
final class SchedulerStand {
    final DeterministicClock clock = DeterministicClock.stepped(0);

    /// How many bytes are held for the script.
    final AtomicLong held = new AtomicLong();

    /// What services were told.
    final List<String> told = new ArrayList<>();

    final Scheduler scheduler = scheduler(clock, SchedulerLimits.DEFAULT.withTimers(4));

    /// Another scheduler, whose bytes are counted with those of the first.
    Scheduler scheduler(SchedulerClock of, SchedulerLimits limits) {
        return new Scheduler(of, limits, new HeldBytes() {
            @Override
            public void hold(long bytes) {
                held.addAndGet(bytes);
            }

            @Override
            public void drop(long bytes) {
                held.addAndGet(-bytes);
            }
        });
    }

    /// A service that keeps what it is told.
    HostcallControl control() {
        return new HostcallControl() {
            @Override
            public void cancel() {
                told.add("cancel");
            }

            @Override
            public void delivered(long chunk) {
                told.add("delivered " + chunk);
            }
        };
    }

    /// Takes everything that is ready.
    List<Macrotask> ready() {
        return ready(scheduler);
    }

    static List<Macrotask> ready(Scheduler of) {
        List<Macrotask> tasks = new ArrayList<>();
        for (Macrotask task = of.next(); task != null; task = of.next()) {
            tasks.add(task);
        }
        return tasks;
    }

    static Outcome text(String text) {
        return new Outcome.Ok(Payload.text(text));
    }

    static Outcome.Chunk chunk(long number, String text, boolean last) {
        return new Outcome.Chunk(number, Payload.text(text), last);
    }

    static HostcallCompleted completed(@Nullable Macrotask task) {
        return (HostcallCompleted) Objects.requireNonNull(task, "task");
    }

    static Outcome.Failed failureOf(@Nullable Macrotask task) {
        return (Outcome.Failed) completed(task).outcome();
    }
}
