package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.HostLimit.Scope;
import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.call.Budget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The list of limits: it is whole, follows the configuration, and the page is made of it.
class HostLimitTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final String END = "<!-- end of the table -->";

    /// A row of the page of manifests: limit, what it takes, default.
    private static final Pattern ROW =
            Pattern.compile("^\\| `limits\\.([a-z-]+)` \\| ([^|]*) \\| `?([^|`]*)`? \\|", Pattern.MULTILINE);

    @TempDir
    Path home;

    private static HostLimit find(HostConfig config, String name) {
        return HostLimit.of(config).stream()
                .filter(limit -> limit.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyBudgetIsListedWithItsError() {
        assertThat(find(HostConfig.at(home), "timeout").error()).isEqualTo("TimedOut");
        for (Budget budget : Budget.values()) {
            HostLimit limit = find(HostConfig.at(home), budget.label());
            assertThat(limit.scope()).isEqualTo(Scope.CALL);
            assertThat(limit.error()).contains("Exhausted(" + budget.label() + ")");
        }
    }

    @Test
    void everyScopeIsThereAndEveryLimitSaysAllOfItself() {
        List<HostLimit> limits = HostLimit.of(HostConfig.at(home));
        assertThat(limits.stream().map(HostLimit::scope).collect(Collectors.toSet()))
                .isEqualTo(EnumSet.allOf(Scope.class));
        assertThat(limits).allSatisfy(limit -> {
            assertThat(limit.meaning()).isNotBlank();
            assertThat(limit.error()).isNotBlank();
            assertThat(limit.value()).isNotNegative();
        });
        assertThat(limits.stream().map(limit -> limit.scope() + limit.name())).doesNotHaveDuplicates();
    }

    @Test
    void whatAnOperatorSetsIsWhatIsListed() {
        HostConfig config = HostConfig.at(home)
                .withMemoryMax(1L << 30)
                .withLimits(new LimitRequests(
                        Duration.ofSeconds(2), null, null, null, null, null, null, null, 60_000_000_000L))
                .withHooks(new HookConfig(Duration.ofMillis(1_500), 7))
                .withCompile(CompileConfig.DEFAULT.withProcess(true));
        assertThat(find(config, "timeout").value()).isEqualTo(2_000);
        assertThat(find(config, "timeout").byDefault()).isEqualTo(10_000);
        assertThat(find(config, "fuel").value()).isEqualTo(50_000_000_000L);
        assertThat(find(config, "memory.max").value()).isEqualTo(1L << 30);
        assertThat(find(config, "hooks.steps").value()).isEqualTo(7);
        assertThat(find(config, "hooks.timeout").value()).isEqualTo(1_500);
        assertThat(find(config, "quota.per-second").value()).isEqualTo(100_000);
        QuotaConfig quota = new QuotaConfig(5, 6, 7, 8_192, 9);
        HostConfig set = config.withHostcalls(HostcallConfig.DEFAULT.withQuota(quota))
                .withReactor(ReactorConfig.DEFAULT.withLaneCapacity(3).withShardCapacity(4));
        assertThat(Stream.of(
                                "quota.per-second",
                                "quota.per-minute",
                                "quota.in-flight",
                                "quota.bytes",
                                "quota.processes",
                                "reactor.lane-capacity",
                                "reactor.shard-capacity")
                        .map(name -> find(set, name).value()))
                .containsExactly(5L, 6L, 7L, 8_192L, 9L, 3L, 4L);
        assertThat(find(set, "quota.bytes").byDefault()).isEqualTo(4L << 30);
        assertThat(find(set, "quota.bytes").setting()).isEqualTo("quota.bytes");
        assertThat(find(config, "code").value()).isEqualTo(6_000_000);
        assertThat(find(config, "code").byDefault()).isEqualTo(3_000_000);
    }

    @Test
    void sizesReadAsSettingsAreWritten() {
        HostLimit bytes = find(HostConfig.at(home), "memory.max");
        assertThat(List.of(bytes.text(0), bytes.text(64 << 20), bytes.text(2_048), bytes.text(255)))
                .containsExactly("by the machine", "64MiB", "2KiB", "255B");
        HostLimit time = find(HostConfig.at(home), "hooks.timeout");
        assertThat(List.of(time.text(30_000), time.text(1_500))).containsExactly("30s", "1500ms");
    }

    @Test
    void thePageHasTheBudgetsThatTheCodeHas() throws IOException {
        assertThat(page()).contains("<!-- table of budgets, made by HostLimitTest -->\n" + budgets() + END);
    }

    @Test
    void thePageHasTheOtherLimitsThatTheCodeHas() throws IOException {
        assertThat(page())
                .contains("<!-- table of limits of the host, made by HostLimitTest -->\n" + others(Scope.HOST) + END)
                .contains("<!-- table of limits of services, made by HostLimitTest -->\n" + others(Scope.SERVICE) + END)
                .contains("<!-- table of limits of bundles, made by HostLimitTest -->\n" + others(Scope.BUNDLE) + END);
    }

    private static String page() throws IOException {
        return Files.readString(DOCS.resolve("limits.md"));
    }

    private String budgets() throws IOException {
        Map<String, String> takes = new TreeMap<>();
        Map<String, String> defaults = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(DOCS.resolve("manifest.md")));
        while (row.find()) {
            takes.put(row.group(1), row.group(2));
            defaults.put(row.group(1), row.group(3));
        }
        var table = new StringBuilder("""
                | Budget | Bounds | Unit | Default | In the manifest | The operator's cap | Error |
                |---|---|---|---|---|---|---|
                """);
        for (HostLimit limit : of(Set.of(Scope.CALL))) {
            boolean set = takes.containsKey(limit.name());
            assertThat(limit.manifest()).isEqualTo(set ? "limits." + limit.name() : "");
            assertThat(limit.setting()).isEqualTo(limit.manifest());
            if (set) {
                assertThat(limit.text(limit.byDefault())).isEqualTo(defaults.get(limit.name()));
            }
            cells(
                    table,
                    "`" + limit.name() + "`",
                    limit.meaning(),
                    limit.unit(),
                    set ? limit.text(limit.byDefault()) : "",
                    set ? "`" + limit.manifest() + "`, " + takes.get(limit.name()) : "",
                    set ? "`" + limit.setting() + "`" : "",
                    limit.error());
        }
        return table.toString();
    }

    private String others(Scope scope) {
        var table =
                new StringBuilder("| Limit | Bounds | Unit | Default | Set by | Error |\n|---|---|---|---|---|---|\n");
        for (HostLimit limit : of(Set.of(scope))) {
            String manifest = limit.manifest().isEmpty() ? "" : "manifest: `" + limit.manifest() + "`";
            String setting = limit.setting().isEmpty() ? "" : "settings: `" + limit.setting() + "`";
            cells(
                    table,
                    "`" + limit.name() + "`",
                    limit.meaning(),
                    limit.unit(),
                    limit.text(limit.byDefault()),
                    manifest + setting,
                    limit.error());
        }
        return table.toString();
    }

    private List<HostLimit> of(Set<Scope> scopes) {
        return HostLimit.of(HostConfig.at(home)).stream()
                .filter(limit -> scopes.contains(limit.scope()))
                .toList();
    }

    private static void cells(StringBuilder table, String... cells) {
        for (String cell : cells) {
            table.append("| ").append(cell).append(' ');
        }
        table.append("|\n");
    }
}
