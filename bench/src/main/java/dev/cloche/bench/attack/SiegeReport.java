package dev.cloche.bench.attack;

import dev.cloche.bench.report.Machine;
import dev.cloche.bench.worker.Jvm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What became of a siege.
///
/// @param deaths of the host, each with the attack that it died of
/// @param left what should not have been left in the host when all was over
record SiegeReport(
        String command,
        List<Attack> attacks,
        List<Run> runs,
        List<String> deaths,
        List<String> left,
        Beside beside,
        double seconds) {
    private static final int NAME_CHARS = 20;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    SiegeReport {
        attacks = List.copyOf(attacks);
        runs = List.copyOf(runs);
        deaths = List.copyOf(deaths);
        left = List.copyOf(left);
    }

    /// How the neighbour fared.
    ///
    /// @param wrong answers that were not right
    record Beside(long calls, long wrong, double worstNanos) {}

    /// One line of the table.
    private record Line(String family, long attacks, long runs, long survived, String outcomes) {}

    long survived() {
        return runs.stream().filter(Run::survived).count();
    }

    boolean passed() {
        return survived() == runs.size()
                && !runs.isEmpty()
                && deaths.isEmpty()
                && left.isEmpty()
                && beside.wrong() == 0
                && beside.calls() > 0;
    }

    private List<Line> lines() {
        Map<String, Attack> byName = new LinkedHashMap<>();
        attacks.forEach(attack -> byName.put(attack.name(), attack));
        Map<String, List<Run>> families = new LinkedHashMap<>();
        for (Run run : runs) {
            Attack attack = byName.get(run.attack());
            String kind = run.attack().substring(0, run.attack().indexOf('/'));
            String family = attack == null ? "" : attack.family();
            families.computeIfAbsent(kind + ": " + family, key -> new ArrayList<>())
                    .add(run);
        }
        List<Line> lines = new ArrayList<>();
        families.forEach((family, all) -> lines.add(new Line(
                family,
                all.stream().map(Run::attack).distinct().count(),
                all.size(),
                all.stream().filter(Run::survived).count(),
                outcomes(all))));
        return lines;
    }

    /// The outcomes in words, the most frequent ones first.
    private static String outcomes(List<Run> runs) {
        Map<String, Long> counts = runs.stream()
                .map(run -> brief(run.outcome()))
                .collect(Collectors.groupingBy(outcome -> outcome, Collectors.counting()));
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String brief(String outcome) {
        String[] words = outcome.split(" ", 3);
        boolean named =
                words.length > 1 && List.of("exhausted", "trapped", "error").contains(words[0]);
        return named ? words[0] + " " + words[1].substring(0, Math.min(words[1].length(), NAME_CHARS)) : words[0];
    }

    private List<String> summary() {
        Optional<Run> latest =
                runs.stream().filter(run -> run.lateNanos() > 0).max(Comparator.comparingLong(Run::lateNanos));
        Map<String, Long> modes = runs.stream()
                .collect(Collectors.groupingBy(
                        run -> run.mode().label() + " on " + run.thread() + " threads",
                        java.util.TreeMap::new,
                        Collectors.counting()));
        List<String> lines = new ArrayList<>();
        lines.add("attacks=" + runs.stream().map(Run::attack).distinct().count() + " runs=" + runs.size()
                + " as-they-must=" + survived() + " host-deaths=" + deaths.size() + " seconds=" + Math.round(seconds));
        lines.add("modes: "
                + modes.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "))
                + "; scripts are run compiled alone");
        lines.add("the neighbour: calls=" + beside.calls() + " wrong=" + beside.wrong()
                + " worst-latency=%.1fms".formatted(beside.worstNanos() / NANOS_PER_MILLI));
        latest.ifPresent(run -> lines.add("the latest reply after its deadline: %.1fms, %s"
                .formatted(run.lateNanos() / NANOS_PER_MILLI, run.label())));
        return lines;
    }

    private List<String> faults() {
        Stream<String> failed = runs.stream()
                .filter(run -> !run.survived())
                .map(run -> run.label() + ": " + String.join("; ", run.problems()));
        return Stream.of(
                        failed,
                        deaths.stream().map(death -> "the host died: " + death),
                        left.stream().map(what -> "left in the host: " + what))
                .flatMap(faults -> faults)
                .toList();
    }

    String text() {
        StringBuilder text =
                new StringBuilder(Machine.current().with(Jvm.DEFAULT_FLAGS).header());
        text.append("# command    ").append(command).append("\n\n");
        String format = "%-40s %7s %6s %12s  %s%n";
        text.append(format.formatted("FAMILY", "ATTACKS", "RUNS", "AS THEY MUST", "OUTCOMES"));
        for (Line line : lines()) {
            text.append(format.formatted(line.family, line.attacks, line.runs, line.survived, line.outcomes));
        }
        text.append('\n');
        summary().forEach(line -> text.append("- ").append(line).append('\n'));
        faults().forEach(fault -> text.append("FAULT ").append(fault).append('\n'));
        return text.append('\n').append(verdict()).append('\n').toString();
    }

    private String verdict() {
        return passed() ? "survived" : "FAILED";
    }

    String markdown() {
        StringBuilder text = new StringBuilder("```\n$ ")
                .append(command)
                .append('\n')
                .append(Machine.current().with(Jvm.DEFAULT_FLAGS).header())
                .append("```\n\n| Family | Attacks | Runs | As they must | Outcomes |\n|---|---|---|---|---|\n");
        for (Line line : lines()) {
            text.append("| %s | %d | %d | %d | %s |%n"
                    .formatted(line.family, line.attacks, line.runs, line.survived, line.outcomes));
        }
        text.append('\n');
        summary().forEach(line -> text.append("- ").append(line).append('\n'));
        faults().forEach(fault -> text.append("- FAULT: ").append(fault).append('\n'));
        return text.append('\n').append(verdict()).append('\n').toString();
    }

    String json() {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("command", command);
        root.put("passed", passed());
        root.put("attacks", runs.stream().map(Run::attack).distinct().count());
        root.put("survived", survived());
        root.put("seconds", seconds);
        ObjectNode neighbour = root.putObject("neighbour");
        neighbour.put("calls", beside.calls());
        neighbour.put("wrong", beside.wrong());
        neighbour.put("worstNanos", beside.worstNanos());
        deaths.forEach(root.putArray("deaths")::add);
        left.forEach(root.putArray("left")::add);
        ArrayNode all = root.putArray("runs");
        runs.forEach(run -> all.add(run.json()));
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }
}
