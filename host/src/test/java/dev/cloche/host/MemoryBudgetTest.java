package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.I64;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an isolate holds is one number, wherever it lies, and all isolates share what the host has.
@Timeout(60)
class MemoryBudgetTest {
    private static final String ONE_MIB = ",\"limits\":{\"memory\":\"1MiB\"}";
    private static final int MIB = 1 << 20;

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home).withMemoryMax(32L * MIB));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Reply call() {
        return host.call(Call.of("test", Entry.command("main"), Payload.text("1")));
    }

    private static void isExhausted(Reply reply) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Exhausted.class, exhausted -> {
            assertThat(exhausted.budget()).isEqualTo(Budget.MEMORY);
            assertThat(exhausted.limit()).isEqualTo(MIB);
            assertThat(exhausted.message()).contains("memory=" + MIB);
        });
    }

    private static byte[] guest(int pages, byte[] handle) {
        return new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .importFunction("cloche", "call", List.of(I32, I32, I32, I32), List.of(I64))
                .memory(pages, 64)
                .table(1)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), handle)
                .build();
    }

    /// `memory.grow(6)`, then `table.grow(null, 40000)`, whose answer is to be -1: status 0 then.
    private static final byte[] GROW_BOTH =
            code(0x41, 6, 0x40, 0, 0x1A, 0xD0, 0x70, 0x41, 0xC0, 0xB8, 2, 0xFC, 0x0F, 0, 0x41, 1, 0x6A);

    @Test
    void tablesAndMemoryShareOneBudget() {
        host.load(Bundles.wasm(guest(4, GROW_BOTH), ONE_MIB));
        assertThat(call()).as("10 pages and 625 KiB of table do not fit").isEqualTo(new Reply.Ok(Payload.EMPTY));
        host.load(Bundles.wasm(guest(4, GROW_BOTH), ",\"limits\":{\"memory\":\"2MiB\"}"));
        assertThat(call().toString()).as("they do fit in 2 MiB").contains("status=2");
    }

    /// `reply(0, 0x7D000)` is 512,000 bytes.
    private static final byte[] LARGE_REPLY = code(0x41, 0, 0x41, 0x80, 0xA0, 0x1F, 0x10, 0, 0x41, 0);

    @Test
    void aReplyCountsWhileTheHostHoldsIt() {
        host.load(Bundles.wasm(guest(15, LARGE_REPLY), ONE_MIB));
        isExhausted(call());
        host.load(Bundles.wasm(guest(8, LARGE_REPLY), ONE_MIB));
        for (int i = 0; i < 5; i++) {
            assertThat(call()).isInstanceOf(Reply.Ok.class);
        }
    }

    @Test
    void aRequestCountsWhileTheHostHoldsIt() {
        byte[] request = code(0x41, 0, 0x41, 3, 0x41, 0, 0x41, 0x80, 0xA0, 0x1F, 0x10, 1, 0x1A, 0x41, 0);
        host.load(Bundles.wasm(guest(15, request), ONE_MIB));
        isExhausted(call());
        host.load(Bundles.wasm(guest(8, request), ONE_MIB));
        for (int i = 0; i < 5; i++) {
            assertThat(call()).isInstanceOf(Reply.Ok.class);
        }
    }

    @Test
    void anOperatorsCapHoldsWhateverAManifestAsksFor() {
        host.close();
        host = Host.open(MemoryKinds.config(home)
                .withLimits(new LimitRequests(null, (long) MIB, null, null, null, null, null, null, 1_000_000L)));
        String asked = ",\"limits\":{\"memory\":\"64MiB\",\"fuel\":5000000000}";
        host.load(Bundles.wasm(guest(15, LARGE_REPLY), asked));
        isExhausted(call());
        byte[] endless =
                WasmBuilder.guest(code(0x03, 0x40, 0x0C, 0, 0x0B, 0x41, 0)).build();
        assertThat(host.check(Bundles.wasm(endless, asked))).isEmpty();
        host.load(Bundles.wasm(guest(4, code(0x03, 0x40, 0x0C, 0, 0x0B, 0x41, 0)), asked));
        assertThat(call())
                .isInstanceOfSatisfying(
                        Reply.Exhausted.class,
                        exhausted -> assertThat(exhausted.limit()).isEqualTo(1_000_000));
    }

    @Test
    void declaredTablesAreHeldAgainstTheBudgetBeforeAnythingRuns() {
        byte[] module = WasmBuilder.guest(code(0x41, 0)).table(90_000).build();
        assertThat(host.check(Bundles.wasm(module, ONE_MIB)).toString())
                .contains("declares 90000 table elements")
                .contains("limits.memory");
    }

    @Test
    void aScriptThatUsesUpItsMemoryCanCatchThat() {
        host.load(Bundles.script("""
                cloche.command('main', () => {
                  const kept = [];
                  try { for (;;) kept.push(new Uint8Array(65536)); }
                  catch (e) { kept.length = 0; return e.message; }
                })""", ",\"limits\":{\"memory\":\"8MiB\"}"));
        assertThat(call().payloadOrThrow().text()).contains("out of memory");
        assertThat(call().payloadOrThrow().text()).contains("out of memory");
    }

    @Test
    void requestsOfAScriptCountUntilTheyAreAnswered() {
        host.load(Bundles.script("""
                cloche.command('main', async () => {
                  const body = 'x'.repeat(1 << 20);
                  const all = [];
                  for (let i = 0; i < 12; i++) all.push(cloche.kv.set('k' + i, body + i));
                  await Promise.all(all);
                  return all.length;
                })""", ",\"limits\":{\"memory\":\"8MiB\"}"));
        isExhaustedOf(8 * MIB, call());
    }

    /// Fills the guest's memory up and leaves room in it, so that what follows is what the host holds.
    private static final String FULL = """
            const kept = [];
            try { for (;;) kept.push(new Uint8Array(65536)); } catch { kept.length = 0; }
            """;

    @Test
    void timersThatAreSetCountUntilTheyFireOrAreCleared() {
        String limits = ",\"limits\":{\"memory\":\"8MiB\",\"timers\":100000}";
        host.load(Bundles.script("cloche.command('main', () => {" + FULL + """
                  for (let i = 0; i < 10000; i++) setTimeout(() => {}, 100000);
                })""", limits));
        isExhaustedOf(8 * MIB, call());
        host.load(Bundles.script("cloche.command('main', async () => {" + FULL + """
                  for (let round = 0; round < 15; round++) {
                    const ids = [];
                    for (let i = 0; i < 1000; i++) ids.push(setTimeout(() => {}, 100000));
                    ids.forEach(clearTimeout);
                    let fired = 0;
                    for (let i = 0; i < 1000; i++) setTimeout(() => fired++, 0);
                    while (fired < 1000) await new Promise((go) => setTimeout(go, 0));
                  }
                  return 'all';
                })""", limits));
        assertThat(call().payloadOrThrow().text()).isEqualTo("all");
    }

    private static void isExhaustedOf(long limit, Reply reply) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Exhausted.class, exhausted -> {
            assertThat(exhausted.budget()).isEqualTo(Budget.MEMORY);
            assertThat(exhausted.limit()).isEqualTo(limit);
        });
    }

    /// `poll_oneoff` on a clock of 3 s at 0; 160 pages.
    private static byte[] sleeper() {
        return new WasmBuilder()
                .importFunction("wasi_snapshot_preview1", "poll_oneoff", List.of(I32, I32, I32, I32), List.of(I32))
                .memory(160, 160)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function(
                        "cloche_handle",
                        List.of(I32, I32, I32, I32),
                        List.of(I32),
                        code(0x41, 0, 0x41, 0x80, 1, 0x41, 1, 0x41, 0x80, 2, 0x10, 0))
                .data(16, new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0x5E, (byte) 0xD0, (byte) 0xB2})
                .build();
    }

    @Test
    void aCallForWhoseIsolateTheHostHasNoMemoryIsRejectedAndOthersGoOn() throws Exception {
        host.load(Bundles.wasm(sleeper(), ",\"pool\":{\"max\":8}"));
        List<CompletableFuture<Reply>> sleeping = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            var reply = new CompletableFuture<Reply>();
            sleeping.add(reply);
            Thread.ofVirtual().start(() -> reply.complete(call()));
        }
        int rejected = 0;
        for (CompletableFuture<Reply> each : sleeping) {
            Reply reply = each.get(30, TimeUnit.SECONDS);
            if (reply instanceof Reply.Rejected refusal) {
                assertThat(refusal.reason()).isEqualTo(Reply.RejectReason.HOST_MEMORY);
                assertThat(refusal.message()).contains("max=");
                rejected++;
            } else {
                assertThat(reply).isInstanceOf(Reply.Ok.class);
            }
        }
        assertThat(rejected).isBetween(1, 3);
        assertThat(call()).isInstanceOf(Reply.Ok.class);
    }
}
