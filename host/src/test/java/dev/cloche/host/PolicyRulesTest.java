package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.TriggeredBy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The operator's rules against guests that run: which one decides, from when on, and what holds where they cannot be
/// read.
@Timeout(120)
class PolicyRulesTest {
    private static final String ASKS = """
        ,"capabilities": {"log": {}, "kv.read": {}, "kv.write": {}, "clock": {}, "random": {},
             "tool.call": {"tools": ["text/count"]},
         "env.read": {"names": ["LANG"]}, "http.fetch": {"hosts": ["a.example"]}, "exec": {"commands": ["git"]}}\
        """;

    private static final String SOURCE = """
        const told = (outcome) => outcome.status === 'denied' ? outcome.details.rule ?? outcome.code : 'in';
        cloche.command('main', async (input) => {
          const { op, request } = input.json();
          return told(await cloche.hostcall(op, request));
        });
        cloche.command('live', async (input) => {
          const all = [];
          for (const change of input.json().changes) {
            if (change !== '') console.log(change);
            all.push(told(await cloche.hostcall('kv.get', { key: 'k' })),
              told(await cloche.hostcall('env.get', { name: 'LANG' })));
          }
          return all.join(' ');
        });
        """;

    private static final String COMMANDS = ",\"contributes\":{\"commands\":[{\"name\":\"main\"},{\"name\":\"live\"}]}";

    /// Who refuses a capability as a whole. What a service refuses afterwards has been let in.
    private static final Set<String> WHOLE = Set.of("deny:test", "deny:*", "grant.missing", "manifest.missing");

    @TempDir
    Path home;

    private static HostConfig config(Path home, String lane) {
        return MemoryKinds.config(home)
                .withHostcalls(HostcallConfig.DEFAULT.withLanes(LaneConfig.DEFAULT.withOption(lane)));
    }

    private static String call(Host host, String entry, String input) {
        return host.call(Call.of("test", Entry.command(entry), Payload.text(input)))
                .payloadOrThrow()
                .text();
    }

    private static Capability whole(String name) {
        return new Capability(name, Map.of());
    }

    /// All that can be said of a capability, one after the other, while isolates of the extension stay as they are.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kv.read    | kv.get       | {\"key\":\"k\"}                        | profile:balanced",
                "kv.write   | kv.set       | {\"key\":\"k\",\"value\":1}            | profile:balanced",
                "clock      | clock.now    | {}                                     | profile:balanced",
                "random     | random.bytes | {\"count\":1}                          | profile:balanced",
                "log        | log          | {\"level\":\"info\",\"message\":\"m\"} | profile:balanced",
                "tool.call  | tool.call    | {\"tool\":\"nobody/nothing\"}          | profile:balanced",
                "env.read   | env.get      | {\"name\":\"LANG\"}                    | grant.missing",
                "http.fetch | http.fetch   | {\"url\":\"http://b.example/\"}        | grant.missing",
                "exec       | exec.run     | {\"command\":[\"nothing\"]}            | grant.missing"
            })
    void theMostUrgentRuleDecidesEachHostcallAndIsTheOneThatIsExplained(
            String capability, String op, String request, String profile) {
        for (String lane : List.of("none", "all")) {
            try (Host host = Host.open(config(home.resolve(lane), lane))) {
                host.load(Bundles.script(SOURCE, ASKS + COMMANDS));
                String input = "{\"op\":\"" + op + "\",\"request\":" + request + "}";
                HostPolicy policy = host.policy();
                decides(host, capability, input, profile);
                for (int said = 1; said < 16; said++) {
                    policy.revoke("test", capability, TriggeredBy.API);
                    policy.revoke("*", capability, TriggeredBy.API);
                    say(policy, capability, said);
                    String rule = (said & 1) != 0
                            ? "deny:test"
                            : (said & 2) != 0 ? "deny:*" : (said & 4) != 0 ? "grant:test" : "grant:*";
                    decides(host, capability, input, rule);
                }
                policy.revoke("test", capability, TriggeredBy.API);
                policy.revoke("*", capability, TriggeredBy.API);
                decides(host, capability, input, profile);
                assertThat(policy.rules()).isEmpty();
            }
        }
    }

    private static void say(HostPolicy policy, String capability, int said) {
        if ((said & 8) != 0) {
            policy.grant("*", whole(capability), TriggeredBy.API);
        }
        if ((said & 4) != 0) {
            policy.grant("test", whole(capability), TriggeredBy.API);
        }
        if ((said & 2) != 0) {
            policy.deny("*", whole(capability), TriggeredBy.API);
        }
        if ((said & 1) != 0) {
            policy.deny("test", whole(capability), TriggeredBy.API);
        }
    }

    private static void decides(Host host, String capability, String input, String rule) {
        String told = call(host, "main", input);
        boolean refused = WHOLE.contains(rule);
        assertThat(refused ? told : WHOLE.contains(told) ? told : "in")
                .as("capability=%s rule=%s", capability, rule)
                .isEqualTo(refused ? rule : "in");
        PolicyExplanation explained = host.policy().explain("test", capability).orElseThrow();
        assertThat(explained.rule()).isEqualTo(rule);
        assertThat(explained.allowed()).isEqualTo(!refused);
        assertThat(explained.steps().stream().filter(PolicyExplanation.Step::decided))
                .extracting(PolicyExplanation.Step::rule)
                .containsExactly(rule.equals("grant.missing") ? "profile:balanced" : rule);
    }

    /// Each change is made by what takes the guest's log lines, on the guest's own thread: nothing lies between it and
    /// the next hostcall.
    @ParameterizedTest
    @ValueSource(strings = {"none", "all"})
    void aRuleThatChangesWhileAGuestRunsHoldsFromItsNextHostcallOn(String lane) {
        AtomicReference<@Nullable Host> changed = new AtomicReference<>();
        try (Host host = Host.open(config(home, lane)
                .withLogSink(
                        line -> change(Objects.requireNonNull(changed.get()).policy(), line.message())))) {
            changed.set(host);
            host.load(Bundles.script(SOURCE, ASKS + COMMANDS));
            assertThat(call(host, "live", """
                {"changes": ["", "grant test env.read", "deny test kv.read", "grant test kv.read", "deny * env.read",
                 "revoke test kv.read", "deny * kv.read", "revoke * kv.read", "revoke * env.read",
                 "revoke test env.read", "grant * env.read", "revoke * env.read", "deny test env.read"]}\
                """))
                    .isEqualTo(String.join(
                            " ",
                            "in grant.missing",
                            "in in",
                            "deny:test in",
                            "deny:test in",
                            "deny:test deny:*",
                            "in deny:*",
                            "deny:* deny:*",
                            "in deny:*",
                            "in in",
                            "in grant.missing",
                            "in in",
                            "in grant.missing",
                            "in deny:test"));
            assertThat(host.ledger()
                            .entries(LedgerQuery.LAST.withKinds(Set.of(
                                    LedgerKind.GRANT_ADDED,
                                    LedgerKind.GRANT_REMOVED,
                                    LedgerKind.DENY_ADDED,
                                    LedgerKind.DENY_REMOVED))))
                    .as("a revoke takes a grant and a denial back")
                    .hasSize(13)
                    .extracting(LedgerEntry::event)
                    .allMatch(event -> event.triggeredBy() == TriggeredBy.USER);
        }
    }

    private static void change(HostPolicy policy, String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "grant" -> policy.grant(words[1], whole(words[2]), TriggeredBy.USER);
            case "deny" -> policy.deny(words[1], whole(words[2]), TriggeredBy.USER);
            default -> policy.revoke(words[1], words[2], TriggeredBy.USER);
        }
    }

    @Test
    void rulesHoldInTheNextHostOfTheHome() {
        try (Host host = Host.open(config(home, "none"))) {
            host.policy().deny("*", whole("kv.read"), TriggeredBy.USER);
            host.policy().grant("test", whole("env.read"), TriggeredBy.USER);
        }
        try (Host host = Host.open(config(home, "none"))) {
            host.load(Bundles.script(SOURCE, ASKS + COMMANDS));
            assertThat(call(host, "live", "{\"changes\":[\"\"]}")).isEqualTo("deny:* in");
        }
    }

    /// Whoever is interrupted may not know whether the rule is kept, or the force. If it is, it holds.
    @Test
    void whatIsKeptHoldsWhoeverWasInterruptedMeanwhile() throws InterruptedException {
        try (Host host = Host.open(config(home, "none"))) {
            host.load(Bundles.script(SOURCE, ASKS + COMMANDS));
            HostPolicy policy = host.policy();
            var random = new Random(11);
            for (int i = 0; i < 300; i++) {
                boolean deny = i % 2 == 0;
                Thread operator = Thread.ofPlatform().start(() -> {
                    try {
                        if (deny) {
                            policy.deny("test", whole("kv.read"), TriggeredBy.USER);
                            host.lanes().force("test", "drill", TriggeredBy.USER);
                        } else {
                            policy.revoke("test", "kv.read", TriggeredBy.USER);
                            host.lanes().revert("test", TriggeredBy.USER);
                        }
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageStartingWith("interrupted while waiting");
                    }
                });
                for (int pause = random.nextInt(20_000); pause > 0; pause--) {
                    Thread.onSpinWait();
                }
                operator.interrupt();
                operator.join();
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                boolean agreed = false;
                while (!agreed && System.nanoTime() - deadline < 0) {
                    agreed = isForced(host.ledger()) != host.lanes().forces().isEmpty()
                            && policy.rules().isEmpty()
                                    == policy.explain("test", "kv.read")
                                            .orElseThrow()
                                            .allowed();
                }
                assertThat(agreed).as("i=%d seed=11", i).isTrue();
            }
        }
    }

    private static boolean isForced(HostLedger ledger) {
        List<LedgerEntry> rows =
                ledger.entries(LedgerQuery.LAST.withKinds(Set.of(LedgerKind.LANE_FORCED, LedgerKind.LANE_REVERTED)));
        return !rows.isEmpty() && rows.getLast().event().kind() == LedgerKind.LANE_FORCED;
    }

    /// What was denied must not be allowed because it cannot be read.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "parameters = '{'                             ",
                "parameters = 'null'                          ",
                "parameters = '[]'                            ",
                "parameters = '{\"a\":null}'                  ",
                "parameters = '{\"a\":[null]}'                ",
                "parameters = '{\"keys\":[\"k\"]}'            ",
                "capability = 'kv.raed'                       ",
                "effect = 'Deny'                              ",
                "effect = ''                                  "
            })
    void rulesThatCannotBeReadLetNothingIn(String damage) throws SQLException {
        try (Host host = Host.open(config(home, "none"))) {
            host.install(Bundles.script(SOURCE, ASKS + COMMANDS));
            host.policy().deny("test", whole("kv.read"), TriggeredBy.USER);
        }
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("state.db"));
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA ignore_check_constraints = 1");
            assertThat(statement.executeUpdate("UPDATE grants SET " + damage)).isEqualTo(1);
        }
        try (Host host = Host.open(config(home, "none"))) {
            nothingGetsIn(host, "extension=test ");
        }
    }

    @Test
    void aDatabaseThatCannotBeReadLetsNothingIn() throws Exception {
        try (Host host = Host.open(config(home, "none"))) {
            host.install(Bundles.script(SOURCE, ASKS + COMMANDS));
        }
        Files.write(home.resolve("state.db"), new byte[8_192]);
        Files.writeString(home.resolve("state.db"), "no database ".repeat(1_000));
        try (Host host = Host.open(config(home, "none"))) {
            nothingGetsIn(host, "state.db");
        }
    }

    private static void nothingGetsIn(Host host, String said) {
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> host.load(Bundles.script(SOURCE, ASKS + COMMANDS)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(said);
            assertThatThrownBy(() -> host.policy().explain("test", "kv.read"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(said);
            assertThatThrownBy(() -> host.policy().grant("test", whole("kv.read"), TriggeredBy.USER))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> host.inspect(Bundles.script(SOURCE, ASKS + COMMANDS)))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(answered(host)).isFalse();
        }
    }

    private static boolean answered(Host host) {
        try {
            return host.call(Call.of("test", Entry.command("live"), Payload.text("{\"changes\":[\"\"]}")))
                    instanceof Reply.Ok;
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
