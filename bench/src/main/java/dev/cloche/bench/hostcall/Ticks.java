package dev.cloche.bench.hostcall;

import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.scheduler.HeldBytes;
import dev.cloche.host.scheduler.Scheduler;
import dev.cloche.host.scheduler.SchedulerLimits;
import dev.cloche.host.scheduler.WallClock;

/// Macrotasks that do nothing: a hostcall is admitted, completed and handed out.
final class Ticks {
    private static final int TICKS = 5_000_000;
    private static final Outcome NOTHING = new Outcome.Ok(Payload.EMPTY);

    private Ticks() {}

    static double nanos() {
        Scheduler scheduler =
                new Scheduler(new WallClock(System::nanoTime), SchedulerLimits.DEFAULT, HeldBytes.UNCOUNTED);
        scheduler.begin();
        Stopwatch watch = Stopwatch.start();
        for (int i = 0; i < TICKS; i++) {
            var _ = scheduler.complete(scheduler.admitHostcall(), NOTHING);
            if (scheduler.next() == null) {
                throw new IllegalStateException("what is completed is handed out, tick=" + i);
            }
        }
        return watch.nanos() / TICKS;
    }
}
