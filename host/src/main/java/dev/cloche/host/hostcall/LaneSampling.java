package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Admission.Granted;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds one lane against the other: of operations that change nothing, one in so many is carried out in the compat
/// lane as well, and what differs is told. Safe for use by many threads.
public final class LaneSampling {
    /// Compares nothing.
    public static final LaneSampling OFF = new LaneSampling(0, (_, _, _) -> {});

    private static final Logger LOG = LoggerFactory.getLogger(LaneSampling.class);
    private static final int TEXT_CHARS_MAX = 200;

    /// How often both lanes are asked again.
    private static final int ROUNDS = 3;

    private final int oneIn;
    private final Listener listener;
    private final AtomicLong hostcalls = new AtomicLong();
    private final AtomicLong compared = new AtomicLong();
    private final AtomicLong diverged = new AtomicLong();

    /// Hears of lanes that do not agree. Never waits.
    @FunctionalInterface
    public interface Listener {
        /// @param fast what the fast lane answered, in short
        /// @param compat what the compat lane answered, in short
        void diverged(Hostcall hostcall, String fast, String compat);
    }

    /// @param oneIn how many hostcalls to one that is compared; zero for none
    public LaneSampling(int oneIn, Listener listener) {
        if (oneIn < 0) {
            throw new IllegalArgumentException("sampling must be 0 or more, oneIn=" + oneIn);
        }
        this.oneIn = oneIn;
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /// How many were compared.
    public long compared() {
        return compared.get();
    }

    /// How many of those differed.
    public long diverged() {
        return diverged.get();
    }

    /// Whether it is this hostcall's turn to be compared.
    boolean due(Op op) {
        return oneIn > 0 && op.reads() && hostcalls.incrementAndGet() % oneIn == 0;
    }

    /// Carries a hostcall out once more, in the compat lane, and tells if that differs.
    ///
    /// What it reads may change meanwhile, by another isolate's hand, and change back: both lanes are asked in turns,
    /// and nothing is said unless each stays with its answer.
    void compare(CompatDispatch compat, ExtensionPort port, Granted granted, Hostcall hostcall, Outcome fast) {
        compared.incrementAndGet();
        Outcome other = compat.again(port, granted, hostcall);
        for (int round = 0; round < ROUNDS; round++) {
            if (same(fast, other)
                    || !same(fast, port.answer(granted.op().fast(), granted, hostcall))
                    || !same(other, compat.again(port, granted, hostcall))) {
                return;
            }
        }
        diverged.incrementAndGet();
        try {
            listener.diverged(hostcall, shown(fast), shown(other));
        } catch (RuntimeException e) {
            // The guest has its answer, whoever else may hear of it.
            LOG.error(
                    "lane: nobody was told that the lanes do not agree, op={}",
                    hostcall.op().name(),
                    e);
        }
    }

    /// Messages are for people, and each lane may say it in its own words.
    static boolean same(Outcome one, Outcome other) {
        return switch (one) {
            case Outcome.Ok ok -> other instanceof Outcome.Ok(Payload answer) && answer.equals(ok.answer());
            case Outcome.Denied denied ->
                other instanceof Outcome.Denied that
                        && that.code() == denied.code()
                        && that.details().equals(denied.details());
            case Outcome.Failed failed ->
                other instanceof Outcome.Failed that
                        && that.code() == failed.code()
                        && that.retryable() == failed.retryable();
            case Outcome.Chunk chunk -> chunk.equals(other);
        };
    }

    private static String shown(Outcome outcome) {
        String text = outcome.toString();
        if (text.length() <= TEXT_CHARS_MAX) {
            return text;
        }
        // Half a character is fit for no ledger.
        int end = Character.isHighSurrogate(text.charAt(TEXT_CHARS_MAX - 1)) ? TEXT_CHARS_MAX - 1 : TEXT_CHARS_MAX;
        return text.substring(0, end) + "...";
    }
}
