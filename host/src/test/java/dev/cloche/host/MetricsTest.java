package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.telemetry.MetricsFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The metrics of a host that did something.
class MetricsTest {
    private static final Path TABLES = Path.of("..", "docs", "metrics.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(cloche_[a-z_]+)` \\| (counter|gauge|histogram) \\| ([^|]*)\\|");
    private static final int CALLS = 7;

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
    }

    @AfterEach
    void close() {
        host.close();
    }

    /// What a host without slabs has no metrics of is documented too.
    private void openWithSlabs() {
        host.close();
        host = Host.open(HostConfig.at(home).withNuma(NumaConfig.DEFAULT.withEnabled(true)));
    }

    private static Bundle guest(String members) {
        return Bundles.script("cloche.command('main', (text) => text)", members);
    }

    private Reply call() {
        return host.call(Call.of("test", Entry.command("main"), Payload.text("yes")));
    }

    private void callOften() {
        for (int i = 0; i < CALLS; i++) {
            assertThat(call()).isInstanceOf(Reply.Ok.class);
        }
    }

    private ExpositionText metrics() {
        return ExpositionText.parse(host.metrics(MetricsFormat.PROMETHEUS));
    }

    @Test
    void metricsAgreeWithWhatTheHostDid() {
        host.load(guest(""));
        callOften();
        ExpositionText metrics = metrics();
        assertThat(metrics.sample("cloche_extensions")).isEqualTo(1);
        assertThat(metrics.sample("cloche_pool_acquire_total", "extension", "test", "outcome", "acquired"))
                .isEqualTo(CALLS);
        assertThat(metrics.sample("cloche_pool_acquire_total", "extension", "test", "outcome", "rejected"))
                .isZero();
        assertThat(metrics.sample("cloche_pool_acquire_wait_seconds_count", "extension", "test"))
                .isEqualTo(CALLS);
        assertThat(metrics.sample("cloche_pool_acquire_wait_seconds_bucket", "extension", "test", "le", "1.0E-5"))
                .isEqualTo(CALLS);
        assertThat(metrics.sample("cloche_pool_created_total", "extension", "test"))
                .isEqualTo(1);
        assertThat(metrics.sample("cloche_pool_create_seconds_count", "extension", "test"))
                .isEqualTo(1);
        assertThat(metrics.sample("cloche_pool_create_seconds_sum", "extension", "test"))
                .isPositive();
        assertThat(metrics.sample("cloche_pool_size", "extension", "test")).isEqualTo(1);
        assertThat(metrics.sample("cloche_pool_idle", "extension", "test")).isEqualTo(1);
        assertThat(metrics.sample("cloche_pool_in_use", "extension", "test")).isZero();
        assertThat(metrics.sample("cloche_pool_waiting", "extension", "test")).isZero();
    }

    @Test
    void resetsOfAPoolThatResetsAreCounted() {
        host.load(guest(",\"pool\":{\"reset\":\"per-lease\"}"));
        callOften();
        ExpositionText metrics = metrics();
        double resets = metrics.sample("cloche_pool_reset_total", "extension", "test");
        double retired = metrics.sample("cloche_pool_retired_total", "extension", "test", "reason", "reset");
        assertThat(resets + retired).isEqualTo(CALLS);
    }

    @Test
    void everyReasonHasASeriesFromTheBeginning() {
        host.load(guest(""));
        ExpositionText metrics = metrics();
        assertThat(metrics.sample("cloche_pool_acquire_errors_total", "extension", "test", "reason", "queue_full"))
                .isZero();
        assertThat(metrics.sample("cloche_pool_retired_total", "extension", "test", "reason", "max_uses"))
                .isZero();
    }

    @Test
    void countersDoNotGoBackWhenAnExtensionIsReplaced() {
        host.load(guest(""));
        callOften();
        Map<String, Double> before = metrics().monotone();
        for (int replaced = 0; replaced < 3; replaced++) {
            host.load(guest(""));
            Map<String, Double> after = metrics().monotone();
            before.forEach((series, value) ->
                    assertThat(after.get(series)).as(series).isNotNull().isGreaterThanOrEqualTo(value));
            callOften();
            before = metrics().monotone();
        }
        assertThat(metrics().sample("cloche_pool_acquire_total", "extension", "test", "outcome", "acquired"))
                .isEqualTo(4 * CALLS);
        assertThat(metrics().sample("cloche_pool_created_total", "extension", "test"))
                .isEqualTo(4);
    }

    @Test
    void theSeriesOfAnExtensionEndWhenItIsRemoved() {
        host.load(guest(""));
        callOften();
        host.remove("test");
        ExpositionText metrics = metrics();
        assertThat(metrics.samples("cloche_pool_size")).isEmpty();
        assertThat(metrics.sample("cloche_extensions")).isZero();
    }

    @Test
    void whatIsInstalledAndNotLoadedIsNotLoadedForMetrics() {
        host.install(guest(""));
        host.close();
        host = Host.open(MemoryKinds.config(home).withPrewarm(false));
        assertThat(metrics().samples("cloche_pool_size")).isEmpty();
        assertThat(call()).isInstanceOf(Reply.Ok.class);
        assertThat(metrics().samples("cloche_pool_size")).hasSize(1);
    }

    @Test
    void openMetricsSaysTheSame() {
        host.load(guest(""));
        callOften();
        String text = host.metrics(MetricsFormat.OPEN_METRICS);
        assertThat(text)
                .contains(
                        "# UNIT cloche_pool_acquire_wait_seconds seconds\n",
                        "cloche_pool_acquire_total{extension=\"test\",outcome=\"acquired\"} " + CALLS + ".0\n")
                .endsWith("# EOF\n");
    }

    @Test
    void eachFormatHasItsContentType() {
        assertThat(MetricsFormat.PROMETHEUS.contentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(MetricsFormat.OPEN_METRICS.contentType())
                .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
    }

    @Test
    void slabsHaveSeriesOfEachNodeWhereThereAreSlabs() {
        assertThat(metrics().types().keySet()).noneMatch(name -> name.startsWith("cloche_numa_"));
        openWithSlabs();
        host.load(guest(""));
        callOften();
        ExpositionText metrics = metrics();
        assertThat(sum(metrics, "cloche_numa_slots_in_use")).isPositive();
        assertThat(sum(metrics, "cloche_numa_allocations_total") - sum(metrics, "cloche_numa_frees_total"))
                .isEqualTo(sum(metrics, "cloche_numa_slots_in_use"));
        assertThat(sum(metrics, "cloche_numa_stale_frees_total")).isZero();
        assertThat(sum(metrics, "cloche_numa_outside_total")).isZero();
    }

    private static double sum(ExpositionText metrics, String name) {
        return metrics.samples(name).values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    @Test
    void aClosedHostHasNoMetrics() {
        host.close();
        assertThatThrownBy(() -> host.metrics(MetricsFormat.PROMETHEUS)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theDocumentNamesEveryMetricWithItsTypeAndLabels() throws IOException {
        openWithSlabs();
        host.load(guest(""));
        ExpositionText metrics = metrics();
        Map<String, String> documented = new LinkedHashMap<>();
        Matcher row = ROW.matcher(Files.readString(TABLES));
        while (row.find()) {
            documented.put(
                    row.group(1),
                    row.group(2) + " " + row.group(3).replace("`", "").strip());
        }
        Map<String, String> exposed = new LinkedHashMap<>();
        metrics.types().forEach((name, type) -> exposed.put(name, type + " " + labelsOf(metrics, name, type)));
        assertThat(documented).containsExactlyInAnyOrderEntriesOf(exposed);
    }

    private static String labelsOf(ExpositionText metrics, String name, String type) {
        TreeSet<String> labels = new TreeSet<>();
        metrics.samples(type.equals("histogram") ? name + "_count" : name)
                .keySet()
                .forEach(each -> labels.addAll(each.keySet()));
        return String.join(", ", labels);
    }

    @Test
    void theDocumentNamesEveryValueOfAReason() throws IOException {
        openWithSlabs();
        host.load(guest(""));
        String document = Files.readString(TABLES);
        for (String name : List.of(
                "cloche_pool_acquire_errors_total",
                "cloche_pool_retired_total",
                "cloche_numa_across_nodes_total",
                "cloche_numa_outside_total")) {
            String values = document.lines()
                    .filter(line -> line.startsWith("| `reason` of `" + name + "`"))
                    .findFirst()
                    .orElseThrow();
            assertThat(metrics().samples(name))
                    .allSatisfy((labels, _) -> assertThat(values).contains("`" + labels.get("reason") + "`"));
        }
    }
}
