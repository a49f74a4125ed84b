package dev.cloche.host.service;

import static dev.cloche.host.service.OpHarness.call;
import static dev.cloche.host.service.OpHarness.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.hostcall.Outcome.Ok;
import dev.cloche.host.storage.Database;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KvServiceTest {
    @TempDir
    Path folder;

    private Database database;
    private OpHarness harness;
    private GuestSide notes;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("state.db"));
        harness = harness(KvLimits.DEFAULT);
        notes = harness.port("notes", "kv.read", "kv.write");
    }

    private OpHarness harness(KvLimits limits) {
        return new OpHarness(new OpTable(new KvService(new KvStore(() -> database, limits)).ops()));
    }

    @AfterEach
    void close() {
        harness.close();
        database.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-0",
                "1.0",
                "1e400",
                "\"x\"",
                "null",
                "true",
                "[1, {\"a\":[]}]",
                "{\"found\":false}",
                "\"\\ud83d\""
            })
    void givesBackAnyJsonJustAsItWasSet(String json) {
        assertThat(call(notes, "kv.set", "{\"key\":\"k\",\"value\":" + json + "}"))
                .isEqualTo(ok("{}"));
        assertThat(call(notes, "kv.get", "{\"key\":\"k\"}")).isEqualTo(ok("{\"found\":true,\"value\":" + json + "}"));
        assertThat(OpHarness.submit(notes, "kv.get", "{\"key\":\"k\"}"))
                .isEqualTo(ok("{\"found\":true,\"value\":" + json + "}"));
    }

    @Test
    void answersWhetherAKeyWasThere() {
        assertThat(call(notes, "kv.get", "{\"key\":\"k\"}")).isEqualTo(ok("{\"found\":false}"));
        assertThat(call(notes, "kv.delete", "{\"key\":\"k\"}")).isEqualTo(ok("{\"deleted\":false}"));
        call(notes, "kv.set", "{\"key\":\"k\",\"value\":1}");
        assertThat(call(notes, "kv.delete", "{\"key\":\"k\"}")).isEqualTo(ok("{\"deleted\":true}"));
        assertThat(call(notes, "kv.get", "{\"key\":\"k\"}")).isEqualTo(ok("{\"found\":false}"));
    }

    @Test
    void keepsExtensionsApart() {
        GuestSide other = harness.port("other", "kv.read", "kv.write");
        call(notes, "kv.set", "{\"key\":\"k\",\"value\":1}");
        assertThat(call(other, "kv.get", "{\"key\":\"k\"}")).isEqualTo(ok("{\"found\":false}"));
        assertThat(call(other, "kv.delete", "{\"key\":\"k\"}")).isEqualTo(ok("{\"deleted\":false}"));
        assertThat(call(other, "kv.list", "{}")).isEqualTo(ok("{\"keys\":[]}"));
        call(other, "kv.set", "{\"key\":\"k\",\"value\":2}");
        assertThat(call(notes, "kv.get", "{\"key\":\"k\"}")).isEqualTo(ok("{\"found\":true,\"value\":1}"));
    }

    @Test
    void keepsDataOverARestart() {
        call(notes, "kv.set", "{\"key\":\"k\",\"value\":[1]}");
        database.close();
        database = Database.open(folder.resolve("state.db"));
        try (OpHarness again = harness(KvLimits.DEFAULT)) {
            assertThat(call(again.port("notes", "kv.read"), "kv.get", "{\"key\":\"k\"}"))
                    .isEqualTo(ok("{\"found\":true,\"value\":[1]}"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "kv.get,kv.read,kv.write",
                "kv.list,kv.read,kv.write",
                "kv.set,kv.write,kv.read",
                "kv.delete,kv.write,kv.read"
            })
    void needsItsOwnCapability(String op, String capability, String other) {
        String request =
                op.equals("kv.set") ? "{\"key\":\"k\",\"value\":1}" : op.equals("kv.list") ? "{}" : "{\"key\":\"k\"}";
        assertThat(call(harness.port("notes", capability), op, request)).isInstanceOf(Ok.class);
        assertThat(call(harness.port("notes", other), op, request)).isInstanceOfSatisfying(Denied.class, denied -> {
            assertThat(denied.code()).isEqualTo(DeniedCode.POLICY);
            assertThat(denied.details()).isEqualTo(Map.of("capability", capability, "rule", "manifest.missing"));
        });
    }

    @Test
    void listsInOrderOfBytesAndPageByPage() {
        List<String> keys = new ArrayList<>(List.of("a", "a/1", "a/2", "a0", "b", "é", "z", "\uffee", "😀", "A"));
        keys.forEach(key -> call(notes, "kv.set", "{\"key\":\"" + key + "\",\"value\":1}"));
        assertThat(call(notes, "kv.list", "{}"))
                .isEqualTo(
                        ok("{\"keys\":[\"A\",\"a\",\"a/1\",\"a/2\",\"a0\",\"b\",\"z\"," + "\"é\",\"\uffee\",\"😀\"]}"));
        assertThat(call(notes, "kv.list", "{\"prefix\":\"a/\"}")).isEqualTo(ok("{\"keys\":[\"a/1\",\"a/2\"]}"));
        assertThat(call(notes, "kv.list", "{\"prefix\":\"a\",\"limit\":3}"))
                .isEqualTo(ok("{\"keys\":[\"a\",\"a/1\",\"a/2\"],\"next\":\"a/2\"}"));
        assertThat(call(notes, "kv.list", "{\"prefix\":\"a\",\"limit\":3,\"after\":\"a/2\"}"))
                .isEqualTo(ok("{\"keys\":[\"a0\"]}"));
        assertThat(call(notes, "kv.list", "{\"prefix\":\"a\",\"after\":\"x\"}")).isEqualTo(ok("{\"keys\":[]}"));
        assertThat(call(notes, "kv.list", "{\"prefix\":\"😀\"}")).isEqualTo(ok("{\"keys\":[\"😀\"]}"));
        assertThat(call(notes, "kv.list", "{\"prefix\":\"a\",\"limit\":4}"))
                .as("a full page that is the last")
                .isEqualTo(ok("{\"keys\":[\"a\",\"a/1\",\"a/2\",\"a0\"]}"));
    }

    @Test
    void escapesKeysInItsAnswer() {
        call(notes, "kv.set", "{\"key\":\"a\\\"\\n\\\\\",\"value\":1}");
        assertThat(call(notes, "kv.list", "{}")).isEqualTo(ok("{\"keys\":[\"a\\\"\\n\\\\\"]}"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "kv.get | {} | kv.get: the field must be a string, field=key found=nothing",
                "kv.get | {\"key\":1} | kv.get: the field must be a string, field=key found=number",
                "kv.get | {\"key\":\"\"} | kv.get: the field must be a string of 1 to 512 bytes in UTF-8, "
                        + "field=key bytes=0",
                "kv.get | {\"key\":\"a\\u0000b\"} | kv.get: the field must not contain U+0000, field=key",
                "kv.get | {\"key\":\"\\ud800\"} | kv.get: the field must be well-formed Unicode; half a surrogate "
                        + "pair, field=key index=0",
                "kv.get | {\"key\":\"k\",\"extension\":\"other\"} | kv.get: there is no such field; there are "
                        + "key, field=extension",
                "kv.get | \"k\" | kv.get: the request must be a JSON object, found=string",
                "kv.delete | {} | kv.delete: the field must be a string, field=key found=nothing",
                "kv.delete | {\"key\":null} | kv.delete: the field must be a string, field=key found=null",
                "kv.set | {\"key\":\"k\"} | kv.set: the field must be any JSON value, field=value found=nothing",
                "kv.set | {\"value\":1} | kv.set: the field must be a string, field=key found=nothing",
                "kv.set | {\"key\":\"k\",\"value\":1,\"ttl\":5} | kv.set: there is no such field; there are key, "
                        + "value, field=ttl",
                "kv.set | {\"key\":\"k\",\"value\":1,\"value\":2} | kv.set: a field must be there once, field=value",
                "kv.list | {\"limit\":0} | kv.list: the field must be a whole number from 1 to 1000, field=limit "
                        + "value=0",
                "kv.list | {\"limit\":1001} | kv.list: the field must be a whole number from 1 to 1000, "
                        + "field=limit value=1001",
                "kv.list | {\"limit\":-5} | kv.list: the field must be a whole number from 1 to 1000, field=limit "
                        + "value=-5",
                "kv.list | {\"limit\":99999999999999999999} | kv.list: the field must be a whole number from 1 to "
                        + "1000, field=limit value=99999999999999999999",
                "kv.list | {\"limit\":1.5} | kv.list: the field must be a whole number from 1 to 1000, "
                        + "field=limit found=number",
                "kv.list | {\"limit\":\"5\"} | kv.list: the field must be a whole number from 1 to 1000, "
                        + "field=limit found=string",
                "kv.list | {\"prefix\":[]} | kv.list: the field must be a string, field=prefix found=array",
                "kv.list | {\"after\":true} | kv.list: the field must be a string, field=after found=boolean",
                "kv.list | {\"start\":\"a\"} | kv.list: there is no such field; there are prefix, after, limit, "
                        + "field=start"
            })
    void saysWhatIsWrongWithARequest(String op, String request, String message) {
        assertThat(call(notes, op, request)).isEqualTo(new Failed(FailedCode.INVALID_REQUEST, message, false));
    }

    @Test
    void boundsKeysAndValues() {
        String longest = "é".repeat(256);
        assertThat(call(notes, "kv.set", "{\"key\":\"" + longest + "\",\"value\":1}"))
                .isEqualTo(ok("{}"));
        assertThat(call(notes, "kv.set", "{\"key\":\"" + longest + "x\",\"value\":1}"))
                .isEqualTo(new Failed(
                        FailedCode.INVALID_REQUEST,
                        "kv.set: the field must have at most 512 bytes in UTF-8, field=key bytes=513",
                        false));
        String value = "\"" + "x".repeat(1024 * 1024 - 2) + "\"";
        assertThat(call(notes, "kv.set", "{\"key\":\"k\",\"value\":" + value + "}"))
                .isEqualTo(ok("{}"));
        assertThat(call(notes, "kv.set", "{\"key\":\"k\",\"value\":\"y" + value.substring(1) + "}"))
                .isEqualTo(new Failed(
                        FailedCode.INVALID_REQUEST,
                        "kv.set: the field must have at most 1048576 bytes in UTF-8, field=value bytes=1048577",
                        false));
        assertThat(call(notes, "kv.set", "{\"key\":\"k\",\"value\":\"" + "x".repeat(2_000_000) + "\"}"))
                .isEqualTo(new Failed(
                        FailedCode.INVALID_REQUEST,
                        "kv.set: the request must have at most 1064960 bytes, bytes=2000022",
                        false));
    }

    @Test
    void deniesMoreKeysThanTheLimitAndNamesUsedAndMax() {
        try (OpHarness small = harness(new KvLimits(2, 1_000))) {
            GuestSide port = small.port("notes", "kv.read", "kv.write");
            assertThat(call(port, "kv.set", "{\"key\":\"a\",\"value\":1}")).isEqualTo(ok("{}"));
            assertThat(call(port, "kv.set", "{\"key\":\"b\",\"value\":1}")).isEqualTo(ok("{}"));
            Denied denied = new Denied(
                    DeniedCode.QUOTA,
                    "the extension's part of the key-value store is full; delete keys first, limit=keys used=2 max=2",
                    Map.of("limit", "keys", "used", "2", "max", "2"));
            assertThat(call(port, "kv.set", "{\"key\":\"c\",\"value\":1}")).isEqualTo(denied);
            assertThat(call(port, "kv.set", "{\"key\":\"a\",\"value\":2}"))
                    .as("no new key")
                    .isEqualTo(ok("{}"));
            assertThat(call(small.port("other", "kv.write"), "kv.set", "{\"key\":\"c\",\"value\":1}"))
                    .isEqualTo(ok("{}"));
            call(port, "kv.delete", "{\"key\":\"a\"}");
            assertThat(call(port, "kv.set", "{\"key\":\"c\",\"value\":1}")).isEqualTo(ok("{}"));
        }
    }

    @Test
    void deniesMoreBytesThanTheLimitAndCountsUtf8() {
        try (OpHarness small = harness(new KvLimits(100, 10))) {
            GuestSide port = small.port("notes", "kv.read", "kv.write");
            assertThat(call(port, "kv.set", "{\"key\":\"é\",\"value\":\"😀\"}")).isEqualTo(ok("{}"));
            assertThat(call(port, "kv.set", "{\"key\":\"a\",\"value\":12}"))
                    .isEqualTo(new Denied(
                            DeniedCode.QUOTA,
                            "the extension's part of the key-value store is full; delete keys first, "
                                    + "limit=total_bytes used=8 max=10",
                            Map.of("limit", "total_bytes", "used", "8", "max", "10")));
            assertThat(call(port, "kv.set", "{\"key\":\"a\",\"value\":1}")).isEqualTo(ok("{}"));
            assertThat(call(port, "kv.get", "{\"key\":\"a\"}")).isEqualTo(ok("{\"found\":true,\"value\":1}"));
            assertThat(call(port, "kv.set", "{\"key\":\"é\",\"value\":1}"))
                    .as("smaller")
                    .isEqualTo(ok("{}"));
            assertThat(call(port, "kv.set", "{\"key\":\"b\",\"value\":1234}"))
                    .as("room again")
                    .isEqualTo(ok("{}"));
        }
    }

    @Test
    void parallelWritersDoNotOvershootTogether() throws InterruptedException {
        try (OpHarness small = harness(new KvLimits(50, 1_000_000))) {
            AtomicInteger stored = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int id = t;
                GuestSide port = small.port("notes", "kv.write");
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 20; i++) {
                        Outcome outcome = call(port, "kv.set", "{\"key\":\"" + id + "-" + i + "\",\"value\":1}");
                        stored.addAndGet(outcome instanceof Ok ? 1 : 0);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(stored).hasValue(50);
        }
    }

    @Test
    void agreesWithAMapOverManyRandomOperations() {
        long seed = Long.getLong("cloche.seed", 20_260_101L);
        Random random = new Random(seed);
        Map<String, String> model = new HashMap<>();
        for (int i = 0; i < 600; i++) {
            String key = "k" + random.nextInt(40);
            switch (random.nextInt(4)) {
                case 0 -> {
                    String value = Integer.toString(random.nextInt());
                    call(notes, "kv.set", "{\"key\":\"" + key + "\",\"value\":" + value + "}");
                    model.put(key, value);
                }
                case 1 ->
                    assertThat(call(notes, "kv.delete", "{\"key\":\"" + key + "\"}"))
                            .as("seed=%d step=%d", seed, i)
                            .isEqualTo(ok("{\"deleted\":" + (model.remove(key) != null) + "}"));
                case 2 ->
                    assertThat(call(notes, "kv.get", "{\"key\":\"" + key + "\"}"))
                            .as("seed=%d step=%d", seed, i)
                            .isEqualTo(ok(
                                    model.containsKey(key)
                                            ? "{\"found\":true,\"value\":" + model.get(key) + "}"
                                            : "{\"found\":false}"));
                default ->
                    assertThat(call(notes, "kv.list", "{}"))
                            .as("seed=%d step=%d", seed, i)
                            .isEqualTo(ok("{\"keys\":["
                                    + String.join(
                                            ",",
                                            model.keySet().stream()
                                                    .sorted(Comparator.naturalOrder())
                                                    .map(k -> "\"" + k + "\"")
                                                    .toList())
                                    + "]}"));
            }
        }
    }

    @Test
    void readersNeverSeeAnOldValueOnceANewOneIsAnswered() throws InterruptedException {
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger stale = new AtomicInteger();
        List<Thread> readers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            // A port of its own: readers this eager use up the quota of calls a second, which the writer needs.
            GuestSide reading = harness.port("notes", "kv.read");
            readers.add(Thread.ofPlatform().start(() -> {
                while (answered.get() < 300) {
                    int before = answered.get();
                    if (call(reading, "kv.get", "{\"key\":\"k\"}") instanceof Ok found && before > 0) {
                        String json = found.answer().text();
                        int seen = Integer.parseInt(json.substring(json.lastIndexOf(':') + 1, json.length() - 1));
                        stale.addAndGet(seen < before ? 1 : 0);
                    }
                }
            }));
        }
        int written = 0;
        for (int i = 1; i <= 300; i++) {
            written += call(notes, "kv.set", "{\"key\":\"k\",\"value\":" + i + "}") instanceof Ok ? 1 : 0;
            answered.set(i);
        }
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(written).isEqualTo(300);
        assertThat(stale).hasValue(0);
    }

    @Test
    void tellsTheGuestOfAStoreThatCannotBeUsedWithoutNamingPaths() {
        database.close();
        assertThat(call(notes, "kv.get", "{\"key\":\"k\"}"))
                .isEqualTo(new Failed(
                        FailedCode.IO, "the key-value store cannot be used: the database is closed, op=kv.get", false));
    }

    @Test
    void limitsHaveTheirDocumentedDefaults() {
        assertThat(KvLimits.DEFAULT).isEqualTo(new KvLimits(10_000, 16 * 1024 * 1024));
        assertThat(KvLimits.KEY_BYTES_MAX).isEqualTo(512);
        assertThat(KvLimits.VALUE_BYTES_MAX).isEqualTo(1024 * 1024);
        assertThat(KvService.LIST_DEFAULT).isEqualTo(100);
        assertThat(KvService.LIST_MAX).isEqualTo(1_000);
    }
}
