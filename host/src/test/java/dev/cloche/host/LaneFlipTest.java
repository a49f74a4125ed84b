package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.ledger.TriggeredBy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Lanes that are forced and reverted while guests make hostcalls: none is lost, none is answered twice, and the ledger
/// has each change.
@Timeout(180)
class LaneFlipTest {
    private static final int FLIPS = 1_000;
    private static final int THREADS = 50;

    /// Each call adds one to a key of its thread's own and reads it back: what is lost or done twice shows in the
    /// number.
    private static final String COUNTING = """
            cloche.command('main', async (input) => {
              const key = input.text();
              const before = await cloche.kv.get(key) ?? 0;
              await cloche.kv.set(key, before + 1);
              const [after, now] = await Promise.all([cloche.kv.get(key), cloche.hostcall('clock.now')]);
              return `${after} ${now.status}`;
            });
            """;

    @TempDir
    Path home;

    @Test
    void aThousandFlipsUnderFiftyThreadsLoseNoHostcallAndAreAllInTheLedger() throws Exception {
        try (Host host = Host.open(MemoryKinds.config(home))) {
            host.load(Bundles.script(
                    COUNTING,
                    ",\"capabilities\":{\"kv.read\":{},\"kv.write\":{},\"clock\":{}},\"pool\":{\"max\":8,"
                            + "\"acquire-timeout\":\"1m\"},\"limits\":{\"timeout\":\"1m\"}"));
            var failures = new ConcurrentLinkedQueue<String>();
            var calls = new AtomicInteger();
            var flipped = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                String key = "k" + t;
                threads.add((t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual())
                        .start(() -> countUntil(host, key, flipped, calls, failures)));
            }
            flip(host.lanes());
            flipped.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertThat(calls).hasValueGreaterThan(THREADS);
            assertLedger(host.ledger());
        }
    }

    private static void countUntil(
            Host host, String key, CountDownLatch end, AtomicInteger calls, ConcurrentLinkedQueue<String> failures) {
        for (int expected = 1; end.getCount() > 0 || expected <= 2; expected++) {
            Reply reply = host.call(Call.of("test", Entry.command("main"), Payload.text(key)));
            String wanted = expected + " ok";
            if (!(reply instanceof Reply.Ok(Payload answer)) || !answer.text().equals(wanted)) {
                failures.add(key + " wanted=" + wanted + " reply=" + reply);
                return;
            }
            calls.incrementAndGet();
        }
    }

    private static void flip(HostLanes lanes) {
        for (int i = 0; i < FLIPS; i++) {
            String whose = i % 4 < 2 ? "test" : HostConfig.EVERY_EXTENSION;
            if (i % 2 == 0) {
                assertThat(lanes.force(whose, "drill-" + i, TriggeredBy.API)).isNotNull();
                assertThat(lanes.of("test").lane()).isEqualTo("compat");
            } else {
                assertThat(lanes.revert(whose, TriggeredBy.API)).isPresent();
                assertThat(lanes.of("test").lane()).isEqualTo("fast");
            }
        }
    }

    private static void assertLedger(HostLedger ledger) {
        List<LedgerEntry> rows = ledger.entries(LedgerQuery.LAST
                .withKinds(Set.of(LedgerKind.LANE_FORCED, LedgerKind.LANE_REVERTED))
                .withLimit(LedgerQuery.LIMIT_MAX));
        assertThat(rows).hasSize(FLIPS);
        for (int i = 0; i < FLIPS; i++) {
            assertThat(rows.get(i).event().kind())
                    .isEqualTo(i % 2 == 0 ? LedgerKind.LANE_FORCED : LedgerKind.LANE_REVERTED);
            assertThat(rows.get(i).event().reasonCode()).isEqualTo("drill-" + (i - i % 2));
        }
        assertThat(ledger.verify()).isInstanceOf(LedgerVerdict.Intact.class);
    }
}
