package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the text format of Prometheus, strictly: whatever is not of the format fails the test.
final class ExpositionText {
    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) ((?:[^\\\\\\n]|\\\\[\\\\n])+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_]+) (counter|gauge|histogram)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.+)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(?:,(?=.)|$)");
    private static final String BOUND = "le";

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, Map<Map<String, String>, Double>> samples = new LinkedHashMap<>();

    private ExpositionText() {}

    static ExpositionText parse(String text) {
        assertThat(text).endsWith("\n");
        ExpositionText read = new ExpositionText();
        String family = "";
        boolean typed = false;
        for (String line : text.lines().toList()) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            if (help.matches()) {
                family = help.group(1);
                typed = false;
                assertThat(read.types).as("is told once").doesNotContainKey(family);
            } else if (type.matches()) {
                assertThat(type.group(1)).as("TYPE follows HELP").isEqualTo(family);
                read.types.put(family, type.group(2));
                typed = true;
            } else {
                assertThat(typed).as("HELP and TYPE come before " + line).isTrue();
                read.sample(family, line);
            }
        }
        read.checkHistograms();
        return read;
    }

    private void sample(String family, String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        String name = sample.group(1);
        boolean histogram = "histogram".equals(types.get(family));
        assertThat(name).as(line).matches(histogram ? family + "_(bucket|count|sum)" : family);
        double value = number(sample.group(3));
        Double before = samples.computeIfAbsent(name, _ -> new LinkedHashMap<>())
                .put(labels(sample.group(2) == null ? "" : sample.group(2)), value);
        assertThat(before).as("there is one sample of " + line).isNull();
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace("+Inf", "Infinity"));
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (end < text.length()) {
            assertThat(label.find(end) && label.start() == end).as(text).isTrue();
            labels.put(
                    label.group(1),
                    label.group(2).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\"));
            end = label.end();
        }
        return labels;
    }

    /// Buckets are cumulative, in rising order, and the last of them counts all.
    private void checkHistograms() {
        types.forEach((family, type) -> {
            if (type.equals("histogram")) {
                Map<Map<String, String>, List<Double>> cumulative = new LinkedHashMap<>();
                Map<Map<String, String>, List<Double>> bounds = new LinkedHashMap<>();
                samples(family + "_bucket").forEach((labels, value) -> {
                    Map<String, String> others = new TreeMap<>(labels);
                    double bound = number(Objects.requireNonNull(others.remove(BOUND), family));
                    bounds.computeIfAbsent(others, _ -> new ArrayList<>()).add(bound);
                    cumulative.computeIfAbsent(others, _ -> new ArrayList<>()).add(value);
                });
                assertThat(bounds.values())
                        .allSatisfy(each -> assertThat(each).isSorted().endsWith(Double.POSITIVE_INFINITY));
                cumulative.forEach((labels, counts) -> {
                    assertThat(counts).as(family + labels).isSorted();
                    assertThat(samples(family + "_count")).containsEntry(labels, counts.getLast());
                    assertThat(samples(family + "_sum")).containsKey(labels);
                });
            }
        });
    }

    /// Types by name, in order.
    Map<String, String> types() {
        return types;
    }

    /// Samples by labels; histograms have them under the names of their parts.
    Map<Map<String, String>, Double> samples(String name) {
        return samples.getOrDefault(name, Map.of());
    }

    /// The one sample with these labels.
    ///
    /// @param labels names and values in turn
    double sample(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        return Objects.requireNonNull(
                samples(name).get(wanted), () -> "no " + name + wanted + ", it has " + samples(name));
    }

    /// All samples of counters, and the parts of histograms, by name and labels: what must never go back.
    Map<String, Double> monotone() {
        Map<String, Double> all = new LinkedHashMap<>();
        samples.forEach((name, values) -> {
            if (!"gauge".equals(types.get(name))) {
                values.forEach((labels, value) -> all.put(name + labels, value));
            }
        });
        return all;
    }
}
