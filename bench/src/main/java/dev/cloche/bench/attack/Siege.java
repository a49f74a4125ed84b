package dev.cloche.bench.attack;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Jvm;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.WorkerException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All attacks, one after the other, on a host in a JVM of its own with a modest heap. A JVM that dies is noted and
/// followed by another. Used by one thread.
final class Siege implements AutoCloseable {
    /// A reply that comes later after its deadline than this is a fault.
    static final long LATE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);

    /// Memory that runs out anywhere ends the JVM, so that it cannot go unseen.
    static final List<String> FLAGS = List.of("-Xmx768m", "-XX:+ExitOnOutOfMemoryError");

    private final long seed;
    private final int seeds;
    private final Consumer<String> progress;
    private final List<Run> runs = new ArrayList<>();
    private final List<String> deaths = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private final Stopwatch watch = Stopwatch.start();
    private double neighbourCalls;
    private double neighbourWrong;
    private double neighbourWorstNanos;
    private @Nullable Worker worker;

    /// @param seed the first
    /// @param seeds how many for each attack
    /// @param progress told of what goes wrong as it goes on
    Siege(long seed, int seeds, Consumer<String> progress) {
        this.seed = seed;
        this.seeds = seeds;
        this.progress = progress;
    }

    /// Carries an attack out in every mode that fits it.
    void lay(Attack attack) {
        Set<Mode> modes = EnumSet.allOf(Mode.class);
        modes.removeIf(mode -> !mode.fits(attack));
        for (Mode mode : modes) {
            lay(attack, mode);
        }
    }

    private void lay(Attack attack, Mode mode) {
        String operation = AttackWorkload.run(attack, mode, Arena.BOTH, seed);
        try {
            for (Run run : Run.parse(worker().measure(operation, seeds).result())) {
                add(run);
            }
        } catch (WorkerException e) {
            String said = String.valueOf(e.getMessage());
            progress.accept("the host died: " + attack.name() + " " + mode.label() + ": " + said);
            deaths.add(attack.name() + " " + mode.label() + ": "
                    + said.lines().findFirst().orElse(""));
            add(new Run(attack.name(), mode, "any", seed, "the host died", List.of("the host died: " + said), 0, 0));
            stop();
        }
    }

    private void add(Run run) {
        List<String> problems = new ArrayList<>(run.problems());
        if (run.lateNanos() > LATE_NANOS_MAX) {
            problems.add("its reply came late, ms=" + TimeUnit.NANOSECONDS.toMillis(run.lateNanos()));
        }
        problems.forEach(problem -> progress.accept(run.label() + ": " + problem));
        runs.add(new Run(
                run.attack(),
                run.mode(),
                run.thread(),
                run.seed(),
                run.outcome(),
                problems,
                run.nanos(),
                run.lateNanos()));
    }

    private Worker worker() {
        Worker running = worker;
        if (running == null) {
            running = Jvm.start("attacked", FLAGS, AttackWorkload.class, List.of());
            worker = running;
        }
        return running;
    }

    /// Looks at what is left of the host that is attacked.
    void finish() {
        try {
            Answer answer = worker().measure(AttackWorkload.END, 1);
            neighbourCalls += answer.only(AttackWorkload.NEIGHBOUR_CALLS);
            neighbourWrong += answer.only(AttackWorkload.NEIGHBOUR_WRONG);
            neighbourWorstNanos = Math.max(neighbourWorstNanos, answer.only(AttackWorkload.NEIGHBOUR_WORST));
            if (!answer.result().isEmpty()) {
                left.add(answer.result());
            }
        } catch (WorkerException e) {
            deaths.add("at the end: " + e.getMessage());
        }
        stop();
    }

    private void stop() {
        Worker running = worker;
        worker = null;
        if (running != null) {
            running.close();
        }
    }

    SiegeReport report(String command, List<Attack> attacks) {
        return new SiegeReport(
                command,
                attacks,
                runs,
                deaths,
                left,
                new SiegeReport.Beside((long) neighbourCalls, (long) neighbourWrong, neighbourWorstNanos),
                watch.seconds());
    }

    @Override
    public void close() {
        stop();
    }
}
