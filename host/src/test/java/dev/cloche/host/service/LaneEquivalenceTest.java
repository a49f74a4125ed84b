package dev.cloche.host.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Format;
import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallRouter;
import dev.cloche.host.hostcall.JsonText;
import dev.cloche.host.hostcall.LaneOverride;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.hostcall.Outcome.Ok;
import dev.cloche.host.hostcall.QuotaLimits;
import dev.cloche.host.hostcall.RequestMutator;
import dev.cloche.host.hostcall.Routers;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.PolicyRule;
import dev.cloche.host.policy.PolicyRule.Effect;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.policy.command.CommandPolicy;
import dev.cloche.host.reactor.ReactorSettings;
import dev.cloche.host.storage.Database;
import dev.cloche.host.telemetry.LogLine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every operation, with requests that are right and requests that are not, through both lanes: what a guest is told is
/// the same, and what is left behind is. Replay a run with `-Dcloche.fuzz.seed=N`.
@Timeout(300)
class LaneEquivalenceTest {
    private static final int MUTATED = 20_000;
    private static final long NANOS = 1_000;
    private static final long SEED = Long.getLong("cloche.fuzz.seed", 1);

    private static final List<String> KEYS = List.of(
            "\"a\"",
            "\"b\"",
            "\"key\"",
            "\"\\u00e9\"",
            "\"\u00e9\"",
            "\"a/b\"",
            "\"a\\\"\\\\b\"",
            "\"\u20ac\u0001x\"".replace("\u0001", "\\u0001"));
    private static final List<String> VALUES =
            List.of("1", "\"x\"", "{\"a\":[1,2,{\"b\":null}]}", "[ 1 , 2 ]", "-0.0e-1", "\"\\ud83d\"", "true");

    /// Good values for each field of each operation, as JSON.
    private static final Map<String, Map<String, List<String>>> FIELDS = new TreeMap<>(Map.of(
            "kv.get", fields("key", KEYS),
            "kv.delete", fields("key", KEYS),
            "kv.set", fields("key", KEYS, "value", VALUES),
            "clock.now", fields(),
            "random.bytes", fields("count", List.of("1", "16", "65536"))));

    static {
        FIELDS.put(
                "kv.list",
                fields(
                        "prefix", List.of("\"\"", "\"a\"", "\"\u00e9\""),
                        "after", List.of("\"\"", "\"a\""),
                        "limit", List.of("1", "2", "1000")));
        FIELDS.put(
                "log",
                fields(
                        "level", List.of("\"debug\"", "\"info\"", "\"warn\"", "\"error\""),
                        "message", List.of("\"x\"", "\"\"", "\"\\ud800\\u0000\\n\"", "\"\u202ex\"")));
        FIELDS.put("env.get", fields("name", List.of("\"PATH\"", "\"HOME\"", "\"CLOCHE_NOT_SET\"", "\"LANG\"")));
        FIELDS.put(
                "events.emit", fields("topic", quoted("orders.placed", "orders.*", "other", "a\"b"), "data", VALUES));
        FIELDS.put("events.subscribe", fields("topic", quoted("orders.*", "*", "orders.x", "o*rs")));
        FIELDS.put(
                "tool.call",
                fields(
                        "extension", List.of("\"text\"", "\"other\""),
                        "tool", quoted("count", "fails", "denied", "late", "traps", "gone", "full", "foreign"),
                        "arguments", VALUES));
        FIELDS.put(
                "http.fetch",
                fields(
                        "url", quoted("http://10.0.0.1/", "https://api.example.org/x?y#z", "http://127.0.0.1:8080"),
                        "method", quoted("GET", "POST", "DELETE", "HEAD"),
                        "headers", List.of("[]", "[[\"x-a\",\"b\"]]", "[[\"host\",\"x\"]]", "[[\"a b\",\"\"]]")));
        // The one program that is granted is not there: none is ever run.
        FIELDS.put(
                "exec.run",
                fields(
                        "command",
                                List.of(
                                        "[\"cloche-not-there\"]",
                                        "[ \"cloche-not-there\" , \"-\\u0041\", \"\" ]",
                                        "[\"cloche-not-there\",\"x\"]",
                                        "[\"cloche-not-there\",\"\u00e9\\ud83d\\ude00\"]",
                                        "[\"cloche-not-there\",\"\\ud800\"]",
                                        "[\"sh\",\"-c\",\"rm -rf /\"]"),
                        "stdin", List.of("\"\"", "\"x\\n\""),
                        "timeoutMs", List.of("1", "1000", "60000"),
                        "env",
                                List.of(
                                        "{}",
                                        "{\"A\":\"b\",\"C_1\":\"\"}",
                                        "{ \"B\" : \"\\n\" }",
                                        "{\"A\":\"b\",\"A\":\"c\"}")));
    }

    static {
        FIELDS.put("secrets.get", fields("name", quoted("TOKEN", "OTHER", "CLOCHE_NOT_SET", "ODD")));
        List<String> paths = quoted(
                "a.txt",
                "dir/b.bin",
                "dir",
                "absent",
                "link",
                "dir/../a.txt",
                "denied/x",
                "dir/\u00e9 \ud83d\ude00",
                "/a",
                "");
        FIELDS.put("fs.read", fields("path", paths, "encoding", quoted("utf8", "base64")));
        // A link's own date cannot be set alike.
        FIELDS.put(
                "fs.stat",
                fields(
                        "path",
                        paths.stream().filter(path -> !path.contains("link")).toList()));
        FIELDS.put(
                "fs.list",
                fields(
                        "path", quoted("", "dir", "", "dir", "a.txt", "denied"),
                        "after", quoted("", "b", "\u00e9"),
                        "limit", List.of("1", "2", "1000")));
        FIELDS.put(
                "fs.write",
                fields(
                        "path", quoted("a.txt", "dir/new", "new", "dir/b.bin", "a.txt", "dir"),
                        "content", quoted("aGk=", "", "AAECAw==", "aGkh", "aGk"),
                        "encoding", quoted("utf8", "utf8", "base64"),
                        "mode", quoted("create", "replace", "append", "append")));
        FIELDS.put("fs.mkdir", fields("path", quoted("dir", "dir/c", "c", "c/d", "a.txt", "absent/x", "link/x")));
        FIELDS.put("fs.delete", fields("path", quoted("dir", "a.txt", "absent", "link", "dir/b.bin", "denied/x")));
        FIELDS.put(
                "fs.rename",
                fields(
                        "from", quoted("a.txt", "b.txt", "dir", "c", "absent", "denied"),
                        "to", quoted("a.txt", "b.txt", "c/a.txt", "c", "dir", "dir/x", "link")));
    }

    private static List<String> quoted(String... texts) {
        return Arrays.stream(texts).map(JsonText::quoted).toList();
    }

    /// What requests come to that are right, where that is not `Ok`.
    private static final Map<String, String> RIGHT = Map.of(
            "http.fetch", "Denied",
            "exec.run", "not_found",
            "events.subscribe", "unsupported",
            "fs.delete", "not_found",
            "fs.rename", "not_found");

    /// Those that wait for the disk get fewer.
    private static final Map<String, Integer> FEWER =
            Map.of("fs.write", 8_000, "fs.rename", 10_000, "fs.mkdir", 10_000);

    /// What is wrong with exactly one field: both lanes name it.
    @SuppressWarnings("UnusedVariable") // a source of parameters, found by its name
    private static final List<List<String>> ONE_FIELD_WRONG = List.of(
            List.of("kv.get", "{}", "key"),
            List.of("kv.get", "{\"key\":1}", "key"),
            List.of("kv.get", "{\"key\":\"\"}", "key"),
            List.of("kv.get", "{\"key\":\"a\\u0000b\"}", "key"),
            List.of("kv.get", "{\"key\":\"\\ud800\"}", "key"),
            List.of("kv.get", "{\"key\":\"a\",\"x\":1}", "x"),
            List.of("kv.get", "{\"key\":\"a\",\"key\":\"a\"}", "key"),
            List.of("kv.delete", "{\"key\":null}", "key"),
            List.of("kv.set", "{\"key\":\"a\"}", "value"),
            List.of("kv.set", "{\"value\":1}", "key"),
            List.of("kv.set", "{\"key\":[],\"value\":1}", "key"),
            List.of("kv.list", "{\"limit\":0}", "limit"),
            List.of("kv.list", "{\"limit\":1001}", "limit"),
            List.of("kv.list", "{\"limit\":1.0}", "limit"),
            List.of("kv.list", "{\"limit\":\"1\"}", "limit"),
            List.of("kv.list", "{\"limit\":99999999999999999999}", "limit"),
            List.of("kv.list", "{\"prefix\":\"\\u0000\"}", "prefix"),
            List.of("kv.list", "{\"after\":{}}", "after"),
            List.of("log", "{\"message\":\"x\"}", "level"),
            List.of("log", "{\"level\":\"fatal\",\"message\":\"x\"}", "level"),
            List.of("log", "{\"level\":\"info\"}", "message"),
            List.of("log", "{\"level\":\"info\",\"message\":1}", "message"),
            List.of("random.bytes", "{}", "count"),
            List.of("random.bytes", "{\"count\":0}", "count"),
            List.of("random.bytes", "{\"count\":65537}", "count"),
            List.of("clock.now", "{\"zone\":\"UTC\"}", "zone"),
            List.of("env.get", "{}", "name"),
            List.of("env.get", "{\"name\":\"\"}", "name"),
            List.of("secrets.get", "{\"name\":1}", "name"),
            List.of("fs.read", "{}", "path"),
            List.of("fs.read", "{\"path\":\"a/../b\"}", "path"),
            List.of("fs.read", "{\"path\":\"a//b\"}", "path"),
            List.of("fs.read", "{\"path\":\"a\\u0000b\"}", "path"),
            List.of("fs.read", "{\"path\":\"a\",\"encoding\":\"latin1\"}", "encoding"),
            List.of("fs.list", "{\"path\":\"\",\"limit\":1001}", "limit"),
            List.of("fs.write", "{\"path\":\"a\"}", "content"),
            List.of("fs.write", "{\"path\":\"a\",\"content\":\"a\",\"mode\":\"truncate\"}", "mode"),
            List.of("fs.write", "{\"path\":\"a\",\"content\":\"YQ\",\"encoding\":\"base64\"}", "content"),
            List.of("fs.write", "{\"path\":\"a\",\"content\":\"YR==\",\"encoding\":\"base64\"}", "content"),
            List.of("fs.rename", "{\"from\":\"a\",\"to\":\"a/b\"}", "to"),
            List.of("exec.run", "{}", "command"),
            List.of("exec.run", "{\"command\":[]}", "command"),
            List.of("exec.run", "{\"command\":[1]}", "command"),
            List.of("exec.run", "{\"command\":\"sh\"}", "command"),
            List.of("exec.run", "{\"command\":[\"sh\"],\"stdin\":1}", "stdin"),
            List.of("exec.run", "{\"command\":[\"sh\"],\"env\":{\"A\":1}}", "env"),
            List.of("exec.run", "{\"command\":[\"sh\"],\"env\":{\"A\":\"\",\"A\":\"\"}}", "env"),
            List.of("exec.run", "{\"command\":[\"sh\"],\"timeoutMs\":0}", "timeoutMs"),
            List.of("events.emit", "{\"data\":1}", "topic"),
            List.of("events.emit", "{\"topic\":\"orders.*\"}", "topic"),
            List.of("events.subscribe", "{\"topic\":\"*a\"}", "topic"),
            List.of("tool.call", "{\"tool\":\"count\"}", "extension"),
            List.of("tool.call", "{\"extension\":\"text\",\"tool\":\"\"}", "tool"));

    @TempDir
    Path folder;

    private Side fast;
    private Side compat;

    private static Map<String, List<String>> fields(Object... namesAndValues) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            @SuppressWarnings("unchecked") // Written in pairs above.
            List<String> values = (List<String>) namesAndValues[i + 1];
            fields.put((String) namesAndValues[i], values);
        }
        return fields;
    }

    /// A host's services, reached through one lane.
    private static final class Side implements AutoCloseable {
        private final Database database;
        private final Services services;
        private final HostcallRouter router;
        private final GuestSide guest;
        private final List<LogLine> log = new ArrayList<>();
        private final List<String> called = new ArrayList<>();
        private final Path files;

        Side(Path folder, String name, LaneOverride lane) {
            database = Database.open(folder.resolve(name + ".db"));
            files = FileTrees.planted(folder.resolve(name));
            services = Services.open(
                    () -> database,
                    this::nested,
                    new ServiceSettings(
                            log::add,
                            new EngineClocks(
                                    Clock.fixed(Instant.parse("2026-01-02T03:04:05.678901234Z"), ZoneOffset.UTC),
                                    () -> NANOS,
                                    new Alike()),
                            4,
                            new ExecSettings(CommandPolicy.SAFE, _ -> 1),
                            new FilesFolder(files, folder.resolve("home")),
                            SecretSource.of(Side::secret)));
            router = Routers.of(services.ops(), () -> NANOS, ReactorSettings.DEFAULT, lane);
            QuotaLimits endless = new QuotaLimits(
                    QuotaLimits.PER_SECOND_MAX, QuotaLimits.PER_MINUTE_MAX, 64, QuotaLimits.BYTES_PER_MINUTE_MAX, 1);
            guest = new GuestSide(
                    router.portFor(new Policy(Profile.PERMISSIVE, rules()).resolve("notes", requested()), endless));
        }

        private static Optional<String> secret(String name) {
            return switch (name) {
                case "TOKEN" -> Optional.of("s\u00e9cret\n\"\u0001");
                case "ODD" -> throw new IllegalStateException("fails");
                default -> Optional.empty();
            };
        }

        private static List<PolicyRule> rules() {
            return List.of(
                    rule(Effect.ALLOW, "env.read", "names", "PATH", "CLOCHE_*"),
                    rule(Effect.ALLOW, "exec", "commands", "cloche-not-there"),
                    rule(Effect.ALLOW, "secrets.read", "names", "TOKEN", "CLOCHE_*", "ODD"),
                    rule(Effect.DENY, "fs.read", "root", "denied"),
                    rule(Effect.DENY, "fs.write", "root", "/denied/x"));
        }

        private static PolicyRule rule(Effect effect, String capability, String parameter, String... values) {
            return new PolicyRule("notes", effect, new Capability(capability, Map.of(parameter, List.of(values))));
        }

        private static Map<String, Capability> requested() {
            Map<String, Capability> requested = new TreeMap<>();
            for (String name : List.of("kv.read", "kv.write", "log", "clock", "random", "env.read")) {
                requested.put(name, new Capability(name, Map.of()));
            }
            for (String name : List.of("events.emit", "events.subscribe")) {
                requested.put(name, new Capability(name, Map.of("topics", List.of("orders.*", "a*"))));
            }
            requested.put("secrets.read", new Capability("secrets.read", Map.of()));
            requested.put("fs.read", new Capability("fs.read", Map.of("root", List.of("."))));
            requested.put("fs.write", new Capability("fs.write", Map.of("root", List.of("."))));
            requested.put("exec", new Capability("exec", Map.of("commands", List.of("cloche-not-there", "sh", "rm"))));
            requested.put(
                    "tool.call",
                    new Capability(
                            "tool.call",
                            Map.of(
                                    "tools",
                                    List.of(
                                            "text/count",
                                            "text/fails",
                                            "text/denied",
                                            "text/late",
                                            "text/traps",
                                            "text/gone",
                                            "text/full",
                                            "other/count"))));
            requested.put(
                    "http.fetch",
                    new Capability(
                            "http.fetch",
                            Map.of("hosts", List.of("10.0.0.1", "127.0.0.1:8080"), "methods", List.of("GET", "POST"))));
            return requested;
        }

        private Reply nested(Call call, Frame parent) {
            called.add(
                    call.extension() + " " + call.entry() + " " + call.payload().text());
            return switch (call.entry().name()) {
                case "count" -> new Reply.Ok(call.payload());
                case "fails" -> new Reply.GuestError("Range\"Error", "too\nlong\u0001", "");
                case "denied" -> new Reply.Denied("rule", "no");
                case "late" -> new Reply.TimedOut(Duration.ofSeconds(1), "late");
                case "gone" -> new Reply.Unavailable(Reply.UnavailableReason.UNKNOWN_ENTRY, "gone");
                case "full" -> new Reply.Rejected(Reply.RejectReason.BACKPRESSURE, "full");
                default -> new Reply.Ok(Payload.EMPTY);
            };
        }

        Outcome call(String op, Payload request, Format format) {
            Frame frame = new Frame(1, "notes", Entry.command("run"), NANOS, NANOS + OpHarness.DEADLINE_NANOS);
            return guest.call(new Hostcall(frame, OpRef.unknown(op), request, format));
        }

        Outcome submit(String op, Payload request, Format format) {
            Frame frame = new Frame(1, "notes", Entry.command("run"), NANOS, NANOS + OpHarness.DEADLINE_NANOS);
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            guest.submit(new Hostcall(frame, OpRef.unknown(op), request, format), outcome::complete);
            return outcome.join();
        }

        /// Everything the extension has stored, and what there is of files.
        Map<String, Optional<String>> stored() {
            KvStore store = new KvStore(() -> database, KvLimits.DEFAULT);
            Map<String, Optional<String>> stored = new TreeMap<>();
            FileTrees.shown(files).forEach((path, what) -> stored.put("file " + path, Optional.of(what)));
            store.list("notes", "", "", 20_000).forEach(key -> stored.put(key, store.get("notes", key)));
            return stored;
        }

        @Override
        public void close() {
            router.close();
            services.close();
            database.close();
        }
    }

    /// Draws the same bytes whenever it is asked for so many.
    private static final class Alike extends Random {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {
            new Random(bytes.length).nextBytes(bytes);
        }
    }

    @BeforeEach
    void open() {
        fast = new Side(folder, "fast", LaneOverride.NONE);
        compat = new Side(folder, "compat", LaneOverride.ALL);
        for (Side side : List.of(fast, compat)) {
            for (String key : KEYS) {
                side.call("kv.set", Payload.text("{\"key\":" + key + ",\"value\":" + key + "}"), Format.JSON);
            }
        }
    }

    @AfterEach
    void close() {
        fast.close();
        compat.close();
    }

    static List<String> ops() {
        return FIELDS.keySet().stream().sorted().toList();
    }

    @Test
    void everyOperationHasItsRequests() {
        assertThat(fast.services.ops().ops().keySet()).containsExactlyElementsOf(ops());
    }

    private static void assertSame(String op, byte[] request, Outcome one, Outcome other) {
        String said = "seed=" + SEED + " " + op + " " + shown(request) + "\nfast=" + one + "\ncompat=" + other;
        switch (one) {
            case Ok ok -> assertThat(other).as(said).isEqualTo(ok);
            case Denied denied ->
                assertThat(other).as(said).isInstanceOfSatisfying(Denied.class, that -> {
                    assertThat(that.code()).as(said).isEqualTo(denied.code());
                    assertThat(that.details()).as(said).isEqualTo(denied.details());
                });
            case Failed failed -> {
                assertThat(failed.code()).as(said).isNotEqualTo(FailedCode.INTERNAL);
                assertThat(other).as(said).isInstanceOfSatisfying(Failed.class, that -> {
                    assertThat(that.code()).as(said).isEqualTo(failed.code());
                    assertThat(that.retryable()).as(said).isEqualTo(failed.retryable());
                    if (failed.code() == FailedCode.INVALID_REQUEST) {
                        assertThat(failed.message()).as(said).startsWith(op + ": ");
                        assertThat(that.message()).as(said).startsWith(op + ": ");
                    }
                });
            }
            case Outcome.Chunk chunk -> assertThat(other).as(said).isEqualTo(chunk);
        }
    }

    private static String shown(byte[] request) {
        String text = new String(request, UTF_8);
        return text.length() > 300
                ? text.substring(0, 150) + " ... " + text.substring(text.length() - 150) + " bytes=" + request.length
                : text + " " + Arrays.toString(request);
    }

    private byte[] request(RequestMutator mutator, String op, Format format) {
        Map<String, List<String>> fields = java.util.Objects.requireNonNull(FIELDS.get(op));
        if (op.equals("http.fetch")) {
            return mutator.framed(mutator.json(fields), mutator.any(List.of(new byte[0], new byte[0], new byte[5])));
        }
        return format == Format.JSON ? mutator.json(fields) : typed(mutator, op);
    }

    private static byte[] typed(RequestMutator mutator, String op) {
        byte[] text = mutator.any(
                        List.of("a", "b", "key", "\u00e9", "a\u0000", "", "x".repeat(512), "\u20ac".repeat(171)))
                .getBytes(UTF_8);
        byte[] right = switch (op) {
            case "kv.set" ->
                mutator.framed(
                        text,
                        (mutator.any(List.of(true, false))
                                        ? mutator.any(VALUES)
                                        : mutator.any(List.of("", " ", "\n")) + mutator.odd() + " ")
                                .getBytes(UTF_8));
            case "random.bytes" ->
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(mutator.any(List.of(0, 1, 16, 65_536, 65_537, -1, Integer.MIN_VALUE)))
                        .array();
            case "log" ->
                ByteBuffer.allocate(text.length + 1)
                        .put((byte)
                                mutator.any(List.of(0, 1, 2, 3, 3, 4, -1, 127)).intValue())
                        .put(text)
                        .array();
            case "clock.now" -> new byte[0];
            default -> text;
        };
        return mutator.any(List.of(1, 2, 3)) == 1 ? mutator.bytes(right) : right;
    }

    @ParameterizedTest
    @MethodSource("ops")
    void theLanesAgreeOnRequestsThatAreNearlyRight(String op) {
        boolean typed = fast.services.ops().resolve(op).typed();
        var mutator = new RequestMutator(SEED * 31 + op.hashCode());
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < FEWER.getOrDefault(op, MUTATED); i++) {
            Format format = typed && i % 3 == 0 ? Format.TYPED : Format.JSON;
            byte[] request = request(mutator, op, format);
            Payload payload = Payload.wrap(request);
            Outcome one = i % 5 == 0 ? fast.submit(op, payload, format) : fast.call(op, payload, format);
            Outcome other = i % 5 == 1 ? compat.submit(op, payload, format) : compat.call(op, payload, format);
            assertSame(op, request, one, other);
            seen.merge(
                    one instanceof Failed failed
                            ? failed.code().label()
                            : one.getClass().getSimpleName(),
                    1,
                    Integer::sum);
            if (i % 1_000 == 0) {
                assertThat(compat.stored()).as("i=%d", i).isEqualTo(fast.stored());
            }
        }
        assertThat(compat.stored()).isEqualTo(fast.stored());
        assertThat(compat.log).isEqualTo(fast.log);
        assertThat(compat.called).isEqualTo(fast.called);
        assertThat(seen.get(RIGHT.getOrDefault(op, "Ok"))).as("%s %s", op, seen).isGreaterThan(1_000);
        assertThat(seen.get("invalid_request")).as("%s %s", op, seen).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @FieldSource("ONE_FIELD_WRONG")
    void bothLanesNameOperationAndField(List<String> wrong) {
        String op = wrong.get(0);
        for (Side side : List.of(fast, compat)) {
            assertThat(side.call(op, Payload.text(wrong.get(1)), Format.JSON))
                    .isInstanceOfSatisfying(Failed.class, failed -> {
                        assertThat(failed.code()).isEqualTo(FailedCode.INVALID_REQUEST);
                        assertThat(failed.message()).startsWith(op + ": ").contains("field=" + wrong.get(2));
                    });
        }
    }

    @Test
    void theLanesAgreeOnWhatThereIsNot() {
        for (String op : List.of("kv.gte", "", "nothing.like.it", "\u0000", "x".repeat(500))) {
            Outcome one = fast.call(op, Payload.EMPTY, Format.JSON);
            assertThat(one).isInstanceOf(Failed.class);
            assertThat(compat.call(op, Payload.EMPTY, Format.JSON)).isEqualTo(one);
        }
    }

    /// A full store, in both formats: neither stores more than the other.
    @Test
    void theLanesAgreeOnAStoreThatIsFull() {
        String value = "\"" + "x".repeat(KvLimits.VALUE_BYTES_MAX - 2) + "\"";
        for (int i = 0; i < 18; i++) {
            String request = "{\"key\":\"full" + i + "\",\"value\":" + value + "}";
            assertSame(
                    "kv.set",
                    request.getBytes(UTF_8),
                    fast.call("kv.set", Payload.text(request), Format.JSON),
                    compat.call("kv.set", Payload.text(request), Format.JSON));
        }
        assertThat(compat.stored().keySet()).isEqualTo(fast.stored().keySet()).doesNotContain("full17");
    }
}
