package dev.cloche.host.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.TriggeredBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DenialTallyTest {
    private static final long WINDOW = DenialTally.WINDOW.toNanos();
    // Near the end of the range: differences of times must survive its overflow.
    private static final long START = Long.MAX_VALUE - 3 * WINDOW;

    private final DenialTally tally = new DenialTally();
    private final List<LedgerEvent> rows = new ArrayList<>();
    private boolean open = true;

    private boolean offer(List<LedgerEvent> offered) {
        if (open) {
            rows.addAll(offered);
        }
        return open;
    }

    private long drain(long nowNanos) {
        return tally.drain(nowNanos, false, this::offer);
    }

    static Denied policy(String rule) {
        return new Denied(
                DeniedCode.POLICY, "not granted, rule=" + rule, Map.of("capability", "kv.read", "rule", rule));
    }

    private List<Long> counts() {
        return rows.stream().map(LedgerEvent::count).toList();
    }

    @Test
    void theNumbersAreTheseByDefault() {
        assertThat(DenialTally.WINDOW).hasSeconds(10);
        assertThat(DenialTally.WINDOW_MAX).hasMinutes(10);
        assertThat(DenialTally.KINDS_PER_EXTENSION_MAX).isEqualTo(32);
        assertThat(DenialTally.KINDS_MAX).isEqualTo(1_024);
        assertThat(DenialTally.COUNTS_MAX).isEqualTo(1_280);
    }

    @Test
    void theFirstDenialIsARowAtOnceAndSaysWhy() {
        assertThat(tally.add("notes", "kv.get", policy("default"))).isTrue();
        assertThat(drain(START)).isEqualTo(WINDOW);
        assertThat(rows)
                .containsExactly(LedgerEvent.of(LedgerKind.HOSTCALL_DENIED, "notes", "policy", TriggeredBy.POLICY)
                        .withDetails(Map.of(
                                "op", "kv.get",
                                "capability", "kv.read",
                                "rule", "default",
                                "message", "not granted, rule=default")));
        assertThat(tally.written()).isEqualTo(1);
    }

    @Test
    void theNextOnesAreCountedUntilTheWindowEnds() {
        tally.add("notes", "kv.get", policy("default"));
        drain(START);
        for (int i = 0; i < 500; i++) {
            assertThat(tally.add("notes", "kv.get", policy("default"))).isFalse();
        }
        assertThat(drain(START + WINDOW - 1)).isEqualTo(1);
        assertThat(counts()).containsExactly(1L);
        assertThat(tally.unwritten()).isEqualTo(500);
        assertThat(drain(START + WINDOW)).isEqualTo(2 * WINDOW);
        assertThat(counts()).containsExactly(1L, 500L);
        assertThat(rows.getLast().details()).containsEntry("window_ms", "10000");
        assertThat(tally.unwritten()).isZero();
    }

    @Test
    void aFloodThatGoesOnHasLongerWindowsUpToABound() {
        long now = START;
        long wait = 0;
        for (int i = 0; i < 12; i++) {
            now += wait;
            tally.add("notes", "kv.get", policy("default"));
            wait = drain(now);
        }
        assertThat(wait).isEqualTo(DenialTally.WINDOW_MAX.toNanos());
        assertThat(counts()).hasSize(12).containsOnly(1L);
    }

    @Test
    void afterAQuietWindowTheNextDenialIsAFirstOneAgain() {
        tally.add("notes", "kv.get", policy("default"));
        drain(START);
        assertThat(drain(START + WINDOW)).as("nothing is counted").isEqualTo(Long.MAX_VALUE);
        assertThat(tally.add("notes", "kv.get", policy("default"))).isTrue();
        assertThat(drain(START + WINDOW + 1)).isEqualTo(WINDOW);
        assertThat(counts()).containsExactly(1L, 1L);
    }

    @Test
    void extensionOperationCodeAndRuleTellKindsApart() {
        tally.add("notes", "kv.get", policy("default"));
        tally.add("notes", "kv.get", policy("deny"));
        tally.add("notes", "kv.set", policy("default"));
        tally.add("alarm", "kv.get", policy("default"));
        tally.add("alarm", "kv.get", new Denied(DeniedCode.QUOTA, "slow down", Map.of("quota", "per_second")));
        tally.add("alarm", "kv.get", new Denied(DeniedCode.QUOTA, "slow down", Map.of("quota", "in_flight")));
        tally.add("alarm", "kv.get", new Denied(DeniedCode.BACKPRESSURE, "full", Map.of("lane", "host")));
        tally.add("alarm", "kv.get", new Denied(DeniedCode.KILLED, "gone", Map.of()));
        drain(START);
        assertThat(counts()).hasSize(8).containsOnly(1L);
        assertThat(rows)
                .extracting(row -> row.reasonCode() + " " + row.triggeredBy().label())
                .contains("policy policy", "quota host", "backpressure host", "killed host");
    }

    @Test
    void whatCannotBeWrittenIsCountedOnAndTriedAgain() {
        open = false;
        tally.add("notes", "kv.get", policy("default"));
        assertThat(drain(START)).isEqualTo(WINDOW);
        tally.add("notes", "kv.get", policy("default"));
        assertThat(drain(START + WINDOW)).isEqualTo(WINDOW);
        assertThat(rows).isEmpty();
        assertThat(tally.unwritten()).isEqualTo(2);
        assertThat(tally.written()).isZero();
        open = true;
        assertThat(drain(START + WINDOW + 1)).as("not before its time").isEqualTo(WINDOW - 1);
        assertThat(drain(START + 2 * WINDOW)).isEqualTo(WINDOW);
        assertThat(counts()).containsExactly(2L);
    }

    @Test
    void atTheEndEverythingIsDue() {
        tally.add("notes", "kv.get", policy("default"));
        drain(START);
        tally.add("notes", "kv.get", policy("default"));
        tally.drain(START + 1, true, this::offer);
        assertThat(counts()).containsExactly(1L, 1L);
    }

    @Test
    void kindsBeyondTheBoundShareARowOfTheirExtension() {
        for (int i = 0; i < 100; i++) {
            tally.add("noisy", "op" + i, policy("default"));
        }
        tally.add("quiet", "kv.get", policy("default"));
        drain(START);
        assertThat(rows).hasSize(DenialTally.KINDS_PER_EXTENSION_MAX + 2);
        assertThat(rows)
                .filteredOn(row -> row.reasonCode().equals("several"))
                .containsExactly(LedgerEvent.of(LedgerKind.HOSTCALL_DENIED, "noisy", "several", TriggeredBy.HOST)
                        .withCount(68)
                        .withDetails(Map.of("op", "*")));
        assertThat(rows).anyMatch(row -> row.extension().equals("quiet"));
    }

    @Test
    void extensionsBeyondTheBoundShareARowOfTheHost() {
        int extensions = 2_000;
        for (int i = 0; i < extensions; i++) {
            tally.add("e" + i, "kv.get", policy("default"));
        }
        drain(START);
        assertThat(rows).hasSize(DenialTally.COUNTS_MAX + 1);
        assertThat(rows)
                .filteredOn(row -> row.extension().isEmpty())
                .extracting(LedgerEvent::count)
                .containsExactly((long) extensions - DenialTally.COUNTS_MAX);
        rows.clear();
        assertThat(drain(START + WINDOW)).as("all have ended").isEqualTo(Long.MAX_VALUE);
        tally.add("new", "kv.get", policy("default"));
        drain(START + WINDOW);
        assertThat(rows).singleElement().extracting(LedgerEvent::extension).isEqualTo("new");
    }

    @Test
    void textsOfAnyKindFitIntoARow() {
        String bad = "a\u0000\ud800" + "x".repeat(5_000) + "\ud83d\ude00";
        tally.add(bad, bad, new Denied(DeniedCode.POLICY, bad, Map.of("rule", bad, "host", bad)));
        drain(START);
        LedgerEvent row = rows.getFirst();
        assertThat(row.extension()).startsWith("a??xxx").hasSize(128);
        assertThat(row.details()).containsOnlyKeys("op", "message", "rule");
        assertThat(row.details().get("op")).hasSize(1_024);
    }

    @Test
    void countsAddUpUnderLoadWhileRowsAreWrittenRefusedAndFail() throws InterruptedException {
        long seed = Long.getLong("cloche.seed", 20_260_708L);
        int threads = 50;
        int each = 4_000;
        AtomicLong clock = new AtomicLong(START);
        AtomicBoolean done = new AtomicBoolean();
        Map<String, Long> written = new HashMap<>();
        Random weather = new Random(seed);
        Thread writer = Thread.ofPlatform().start(() -> {
            boolean last = false;
            while (!last) {
                last = done.get();
                boolean refused = !last && weather.nextInt(3) == 0;
                tally.drain(clock.addAndGet(WINDOW / 4), last, events -> {
                    if (!refused) {
                        events.forEach(event -> written.merge(event.extension(), event.count(), Long::sum));
                    }
                    return !refused;
                });
            }
        });
        List<Thread> callers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random random = new Random(seed + 1 + t);
            String extension = "e" + t % 10;
            callers.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    tally.add(extension, "op" + random.nextInt(60), policy("r" + random.nextInt(2)));
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        done.set(true);
        writer.join();
        Map<String, Long> expected = new HashMap<>();
        for (int e = 0; e < 10; e++) {
            expected.put("e" + e, (long) threads / 10 * each);
        }
        assertThat(written).as("seed=%d", seed).isEqualTo(expected);
        assertThat(tally.written()).isEqualTo((long) threads * each);
        assertThat(tally.unwritten()).isZero();
    }
}
