package dev.cloche.bench.attack;

import dev.cloche.bench.TemporaryFolder;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.telemetry.LogLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A host under attack, in a JVM of its own.
///
/// Operations: `run ATTACK MODE SEED`, the attack in that mode on both kinds of thread, with so many
/// seeds from that one on; the result is the runs. `end`, what is left when all attacks are over.
public final class AttackWorkload implements Workload {
    static final String RUN = "run";
    static final String END = "end";
    static final String LIFTED = "lifted";

    static final String NEIGHBOUR_CALLS = "neighbour-calls";
    static final String NEIGHBOUR_WRONG = "neighbour-wrong";
    static final String NEIGHBOUR_WORST = "neighbour-worst-nanos";

    private static final String SECRET = "the-secret-of-the-neighbour-7d1f";
    private static final Pattern NUMBER = Pattern.compile("\\b(live|quarantined|running|waiting|in-use)=(\\d+)");

    /// How long isolates may take to close, and the pause between two looks at whether they are.
    private static final long CLOSING_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long CLOSING_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final TemporaryFolder folder = TemporaryFolder.make();
    private final AtomicLong forged = new AtomicLong();
    private final Host host = Host.open(HostConfig.at(folder.path()).withLogSink(this::logged));
    private final Map<String, Attack> attacks =
            Attacks.all().stream().collect(Collectors.toMap(Attack::name, attack -> attack));
    private final Neighbour neighbour = Neighbour.start(host, SECRET);

    /// What to ask for to have an attack carried out.
    static String run(Attack attack, Mode mode, String threads, long seed) {
        return String.join(" ", RUN, attack.name(), mode.name(), threads, Long.toString(seed));
    }

    /// @param arguments none
    public AttackWorkload(List<String> arguments) {}

    /// Whatever a guest prints comes out as lines of its own.
    private void logged(LogLine line) {
        boolean plain = line.message().chars().noneMatch(c -> c < ' ' || c == 0x2028 || c == 0x202e || c == 0x85);
        if (!plain || line.extension().equals(Neighbour.NAME)) {
            forged.incrementAndGet();
        }
    }

    @Override
    public Answer measure(String operation, int count) throws InterruptedException {
        String[] words = operation.split(" ", -1);
        return switch (words[0]) {
            case RUN ->
                new Answer(
                        Map.of(),
                        run(
                                words[1],
                                Mode.valueOf(words[2]),
                                List.of(words[3].split(",", -1)),
                                Long.parseLong(words[4]),
                                count));
            case LIFTED -> new Answer(Map.of(), lifted(words[1], count));
            case END -> end();
            default -> throw Workload.unknown(operation);
        };
    }

    private String run(String name, Mode mode, List<String> threads, long seed, int seeds) throws InterruptedException {
        List<Run> runs = new ArrayList<>();
        try (Arena arena = new Arena(host, attack(name), mode, List.of(SECRET))) {
            for (long next = seed; next < seed + seeds; next++) {
                for (String thread : threads) {
                    runs.add(arena.run(thread, next));
                }
            }
        }
        return Run.line(runs);
    }

    private String lifted(String name, int seeds) throws InterruptedException {
        List<Run> runs = new ArrayList<>();
        try (Arena arena = Arena.lifted(host, attack(name))) {
            for (long seed = 0; seed < seeds; seed++) {
                runs.add(arena.run(Arena.PLATFORM, seed));
            }
        }
        return Run.line(runs);
    }

    private Attack attack(String name) {
        Attack attack = attacks.get(name);
        if (attack == null) {
            throw new IllegalArgumentException("there is no such attack, attack=" + name);
        }
        return attack;
    }

    private Answer end() {
        neighbour.close();
        List<String> left = new ArrayList<>();
        if (neighbour.wrong() > 0) {
            left.add("the neighbour's last wrong answer: " + neighbour.complaint());
        }
        if (forged.get() > 0) {
            left.add("log lines were forged, lines=" + forged.get());
        }
        // With it the last isolate goes: what is still there when it has gone has leaked.
        var _ = host.remove(Neighbour.NAME);
        left.addAll(leaked());
        return new Answer(
                Map.of(
                        NEIGHBOUR_CALLS, List.of((double) neighbour.calls()),
                        NEIGHBOUR_WRONG, List.of((double) neighbour.wrong()),
                        NEIGHBOUR_WORST, List.of((double) neighbour.worstNanos())),
                String.join("; ", left).replace('\n', ' '));
    }

    /// What the doctor still counts once isolates have had their time to close, which a removal does not wait for.
    private List<String> leaked() {
        Stopwatch watch = Stopwatch.start();
        List<String> counted = counted();
        while (!counted.isEmpty() && watch.nanos() < CLOSING_MAX_NANOS) {
            LockSupport.parkNanos(CLOSING_PAUSE_NANOS);
            counted = counted();
        }
        return counted;
    }

    private List<String> counted() {
        return host.doctor().stream()
                .filter(finding -> NUMBER.matcher(finding.message())
                        .results()
                        .anyMatch(match -> !match.group(2).equals("0")))
                .map(finding -> finding.id() + ": " + finding.message())
                .toList();
    }

    @Override
    public void close() {
        neighbour.close();
        host.close();
        folder.close();
    }
}
