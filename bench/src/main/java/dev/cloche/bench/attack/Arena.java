package dev.cloche.bench.attack;

import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.host.Host;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One attack in one mode on a host: its extension, and each of its runs with all that has to hold after it.
final class Arena implements AutoCloseable {
    static final String PLATFORM = "platform";
    static final String VIRTUAL = "virtual";
    static final String BOTH = PLATFORM + "," + VIRTUAL;

    /// Longer than any attack's deadline, the initialisation of its isolate included.
    private static final Duration RUN_MAX = Duration.ofSeconds(90);

    private static final int ORDINARY_TRIES = 5;
    private static final int SIZE_MAX = 1_000;

    private final Host host;
    private final Attack attack;
    private final Mode mode;
    private final String limits;
    private final List<Expectation> expected;
    private final List<String> secrets;
    private boolean loaded;

    /// @param secrets what no reply may contain
    Arena(Host host, Attack attack, Mode mode, List<String> secrets) {
        this(host, attack, mode, attack.limits(), attack.expected(), secrets);
    }

    private Arena(
            Host host, Attack attack, Mode mode, String limits, List<Expectation> expected, List<String> secrets) {
        this.host = host;
        this.attack = attack;
        this.mode = mode;
        this.limits = limits;
        this.expected = expected;
        this.secrets = List.copyOf(secrets);
    }

    /// The attack with nothing in its way: what must come of it is its harm.
    static Arena lifted(Host host, Attack attack) {
        Attack.Lifted lifted = attack.lifted().orElseThrow();
        return new Arena(host, attack, Mode.COMPILED, lifted.limits(), List.of(lifted.harm()), List.of());
    }

    /// Carries the attack out once, on a thread of its own.
    ///
    /// @throws IllegalStateException if it does not end, or the host throws something at its caller
    Run run(String thread, long seed) throws InterruptedException {
        FutureTask<Run> task = new FutureTask<>(() -> once(thread, seed));
        (thread.equals(VIRTUAL) ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
        try {
            return task.get(RUN_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the host threw at its caller, attack=" + attack.name() + " cause=" + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "an attack does not end, attack=" + attack.name() + " seconds=" + RUN_MAX.toSeconds(), e);
        }
    }

    private Run once(String thread, long seed) {
        List<String> problems = new ArrayList<>();
        Stopwatch watch = Stopwatch.start();
        long late = 0;
        Optional<Outcome> refusal = load(seed);
        Outcome outcome;
        if (refusal.isPresent()) {
            outcome = refusal.get();
        } else {
            String secret = "the-secret-of-lease-" + Long.toHexString(new Random(seed).nextLong());
            if (attack.before() == Attack.Before.SECRET) {
                call(former(seed, secret));
            }
            watch = Stopwatch.start();
            Reply reply = call(payload(seed));
            late = lateness(reply, (long) watch.nanos());
            outcome = Outcome.of(reply);
            if (outcome.text().contains(secret)) {
                problems.add("it read the secret of the lease before");
            }
        }
        long nanos = (long) watch.nanos();
        if (expected.stream().noneMatch(each -> each.allows(outcome))) {
            problems.add("it came to: " + outcome + "; it must come to: " + expected);
        }
        secrets.stream()
                .filter(outcome.text()::contains)
                .forEach(_ -> problems.add("it read the secret of its neighbour"));
        if (refusal.isEmpty() && attack.ordinary()) {
            ordinary(outcome).ifPresent(problems::add);
        }
        if (Thread.interrupted()) {
            problems.add("it left its calling thread interrupted");
        }
        return new Run(attack.name(), mode, thread, seed, outcome.toString(), problems, nanos, late);
    }

    private Optional<Outcome> load(long seed) {
        if (loaded) {
            return Optional.empty();
        }
        try {
            if (attack.before() == Attack.Before.CACHED) {
                host.load(AttackBundle.of(
                        attack, mode, attack.lifted().orElseThrow().limits(), seed));
                var _ = host.remove(attack.extension());
            }
            host.load(AttackBundle.of(attack, mode, limits, seed));
        } catch (BundleException e) {
            return Optional.of(Outcome.of(e));
        } catch (RuntimeException e) {
            return Optional.of(Outcome.thrown(e));
        }
        loaded = true;
        return Optional.empty();
    }

    private static long lateness(Reply reply, long nanos) {
        return reply instanceof Reply.TimedOut(Duration limit, String _) ? Math.max(0, nanos - limit.toNanos()) : 0;
    }

    /// What is wrong with an ordinary call after the attack, if anything is.
    private Optional<String> ordinary(Outcome outcome) {
        Call call = Call.of(attack.extension(), Entry.command(AttackBundle.ORDINARY), Payload.EMPTY);
        Reply reply = host.call(call);
        // It has the attack's own short deadline, and the machine may be busy with others.
        for (int tries = 1; tries < ORDINARY_TRIES && reply instanceof Reply.TimedOut; tries++) {
            reply = host.call(call);
        }
        if (!(reply instanceof Reply.Ok ok)) {
            return Optional.of("an ordinary call after it came to: " + Outcome.of(reply));
        }
        boolean used = !ok.payload().text().equals("0");
        return used && outcome.retires()
                ? Optional.of("its isolate was used again after: " + outcome.kind() + " " + outcome.name())
                : Optional.empty();
    }

    private Reply call(Payload payload) {
        return host.call(Call.of(attack.extension(), Entry.command(AttackBundle.COMMAND), payload));
    }

    private Payload payload(long seed) {
        int size = new Random(seed).nextInt(SIZE_MAX);
        return attack.script()
                ? Payload.text("{\"seed\":%d,\"size\":%d}".formatted(seed, size))
                : Payload.wrap(words((int) (seed & 0x7fff_ffff), size).array());
    }

    /// The call before, which has a secret.
    private Payload former(long seed, String secret) {
        if (attack.script()) {
            return Payload.text("{\"seed\":%d,\"size\":1,\"secret\":\"%s\"}".formatted(seed, secret));
        }
        byte[] text = secret.getBytes(StandardCharsets.UTF_8);
        return Payload.wrap(ByteBuffer.allocate(Long.BYTES + text.length)
                .put(words(-1, text.length))
                .put(text)
                .array());
    }

    private static ByteBuffer words(int first, int second) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(first)
                .putInt(second)
                .flip();
    }

    /// Removes the extension.
    @Override
    public void close() {
        if (loaded) {
            var _ = host.remove(attack.extension());
        }
    }
}
