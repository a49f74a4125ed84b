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
import dev.cloche.host.telemetry.MetricsFormat;
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

/// Lanes that are forced and reverted while guests of both kinds make hostcalls: none is lost, none is answered twice,
/// and the ledger has each change.
@Timeout(180)
class LaneFlipTest {
    private static final int FLIPS = 1_000;
    private static final int THREADS = 50;
    private static final List<String> WHOSE = List.of("test", CountingGuest.NAME, HostConfig.EVERY_EXTENSION);
    private static final String ROOM =
            ",\"pool\":{\"max\":8,\"acquire-timeout\":\"1m\"},\"limits\":{\"timeout\":\"1m\"}";

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
            host.load(
                    Bundles.script(COUNTING, ",\"capabilities\":{\"kv.read\":{},\"kv.write\":{},\"clock\":{}}" + ROOM));
            host.load(CountingGuest.bundle(ROOM));
            var failures = new ConcurrentLinkedQueue<String>();
            var scriptCalls = new AtomicInteger();
            var wasmCalls = new AtomicInteger();
            var flipped = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                String key = "k" + t;
                boolean wasm = t % 4 < 2;
                threads.add((t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual())
                        .start(() -> countUntil(host, wasm, key, flipped, wasm ? wasmCalls : scriptCalls, failures)));
            }
            flip(host.lanes());
            flipped.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertEachWentOneWay(host, "test", scriptCalls.get());
            assertEachWentOneWay(host, CountingGuest.NAME, wasmCalls.get());
            assertLedger(host.ledger());
        }
    }

    private static void countUntil(
            Host host,
            boolean wasm,
            String key,
            CountDownLatch end,
            AtomicInteger calls,
            ConcurrentLinkedQueue<String> failures) {
        for (int done = 0; end.getCount() > 0 || done < 2; done++) {
            int expected = done % CountingGuest.CALLS_MAX + 1;
            String counted = key + "-" + done / CountingGuest.CALLS_MAX;
            Reply reply = host.call(
                    Call.of(wasm ? CountingGuest.NAME : "test", Entry.command("main"), Payload.text(counted)));
            String wanted = wasm ? CountingGuest.counted(expected) : expected + " ok";
            if (!(reply instanceof Reply.Ok(Payload answer)) || !answer.text().equals(wanted)) {
                failures.add(counted + " wanted=" + wanted + " reply=" + reply);
                return;
            }
            calls.incrementAndGet();
        }
    }

    /// Each call makes four hostcalls, and each of them went one way.
    private static void assertEachWentOneWay(Host host, String extension, int calls) {
        ExpositionText metrics = ExpositionText.parse(host.metrics(MetricsFormat.PROMETHEUS));
        double all = 0;
        for (String lane : List.of("immediate", "queued", "compat")) {
            double some = metrics.sample("cloche_hostcalls_total", "extension", extension, "lane", lane);
            assertThat(some).as("extension=%s lane=%s", extension, lane).isPositive();
            all += some;
        }
        assertThat(all).as("extension=%s", extension).isEqualTo(4.0 * calls);
        assertThat(metrics.sample("cloche_hostcalls_in_flight", "extension", extension))
                .isZero();
    }

    private static void flip(HostLanes lanes) {
        for (int i = 0; i < FLIPS; i++) {
            String whose = WHOSE.get(i / 2 % WHOSE.size());
            if (i % 2 == 0) {
                assertThat(lanes.force(whose, "drill-" + i, TriggeredBy.API)).isNotNull();
            } else {
                assertThat(lanes.revert(whose, TriggeredBy.API)).isPresent();
            }
            for (String extension : List.of("test", CountingGuest.NAME)) {
                boolean forced = i % 2 == 0 && (whose.equals(extension) || whose.equals(HostConfig.EVERY_EXTENSION));
                assertThat(lanes.of(extension).lane()).isEqualTo(forced ? "compat" : "fast");
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
            assertThat(rows.get(i).event().extension()).isEqualTo(WHOSE.get(i / 2 % WHOSE.size()));
        }
        assertThat(ledger.verify()).isInstanceOf(LedgerVerdict.Intact.class);
    }
}
