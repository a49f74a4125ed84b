package dev.cloche.host.placement;

import dev.cloche.host.system.Errno;
import dev.cloche.host.system.NativeAccess;
import dev.cloche.host.system.SchedulerCalls;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Pins threads to processors: Linux on x86-64 and aarch64; elsewhere it says why not.
///
/// A thread that a pinned one starts is pinned too: the system hands its processors down. That holds for carriers of
/// virtual threads as well, which the JVM starts from whichever thread happens to need one.
public final class ThreadAffinity {
    private ThreadAffinity() {}

    /// What became of a wish.
    public sealed interface Answer {
        /// The thread has, by the system's own account, these processors.
        record Allowed(List<Integer> cpus) implements Answer {
            public Allowed {
                cpus = List.copyOf(cpus);
            }
        }

        /// The system did not do it; the thread's processors are as they were.
        ///
        /// @param errno the system's number for it
        record Refused(int errno, String reason) implements Answer {}

        /// It cannot be asked for here.
        record Unsupported(String reason) implements Answer {}
    }

    /// Lets the calling thread run on one processor alone. Throws nothing.
    public static Answer pin(int cpu) {
        return allow(List.of(cpu));
    }

    /// Lets the calling thread run on these processors alone, or, where the process may use some of them only, on
    /// those; the answer says which these are. Throws nothing.
    public static Answer allow(List<Integer> cpus) {
        Optional<String> objection = objection();
        if (objection.isPresent()) {
            return new Answer.Unsupported(objection.get());
        }
        BitSet mask = new BitSet();
        for (int cpu : cpus) {
            if (cpu < 0 || cpu >= SchedulerCalls.CPUS_MAX) {
                return new Answer.Refused(Errno.EINVAL, "there is no such processor, cpu=" + cpu);
            }
            mask.set(cpu);
        }
        try {
            int errno = SchedulerCalls.allow(mask);
            return errno == 0
                    ? new Answer.Allowed(CpuRanges.list(SchedulerCalls.allowed()))
                    : new Answer.Refused(errno, Errno.text(errno) + ", cpus=" + cpus + " errno=" + errno);
        } catch (RuntimeException | LinkageError e) {
            return unlinked(e);
        }
    }

    /// The processors that the calling thread may run on. Throws nothing.
    public static Answer allowed() {
        Optional<String> objection = objection();
        if (objection.isPresent()) {
            return new Answer.Unsupported(objection.get());
        }
        try {
            return new Answer.Allowed(CpuRanges.list(SchedulerCalls.allowed()));
        } catch (RuntimeException | LinkageError e) {
            return unlinked(e);
        }
    }

    private static Answer unlinked(Throwable e) {
        return new Answer.Unsupported("the C library cannot be linked, cause=" + e);
    }

    private static Optional<String> objection() {
        if (Thread.currentThread().isVirtual()) {
            return Optional.of("a virtual thread has no processors of its own; pin a platform thread, thread="
                    + Thread.currentThread().getName());
        }
        return NativeAccess.unavailable();
    }
}
