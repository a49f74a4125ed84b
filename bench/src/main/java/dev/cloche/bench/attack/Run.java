package dev.cloche.bench.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One attack that was carried out.
///
/// @param thread the kind of thread that called: `platform` or `virtual`
/// @param outcome what it came to, on one line
/// @param problems what was not as it must be; empty where all was
/// @param nanos time of the attack's own call
/// @param lateNanos by how much its reply came after its deadline; zero if it did not
record Run(
        String attack,
        Mode mode,
        String thread,
        long seed,
        String outcome,
        List<String> problems,
        long nanos,
        long lateNanos) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    Run {
        Objects.requireNonNull(attack, "attack");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(thread, "thread");
        Objects.requireNonNull(outcome, "outcome");
        problems = List.copyOf(problems);
    }

    boolean survived() {
        return problems.isEmpty();
    }

    /// How a person calls it.
    String label() {
        return attack + " " + mode.label() + " " + thread + " seed=" + seed;
    }

    /// Runs as one line of text.
    static String line(List<Run> runs) {
        ArrayNode all = MAPPER.createArrayNode();
        for (Run run : runs) {
            all.add(run.json());
        }
        return MAPPER.writeValueAsString(all);
    }

    ObjectNode json() {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("attack", attack);
        node.put("mode", mode.label());
        node.put("thread", thread);
        node.put("seed", seed);
        node.put("outcome", outcome);
        problems.forEach(node.putArray("problems")::add);
        node.put("nanos", nanos);
        node.put("lateNanos", lateNanos);
        return node;
    }

    /// Reads what [#line] gives.
    static List<Run> parse(String line) {
        List<Run> runs = new ArrayList<>();
        for (JsonNode node : MAPPER.readTree(line)) {
            List<String> problems = new ArrayList<>();
            node.get("problems").forEach(problem -> problems.add(problem.asString()));
            runs.add(new Run(
                    node.get("attack").asString(),
                    Mode.valueOf(node.get("mode").asString().toUpperCase(java.util.Locale.ROOT)),
                    node.get("thread").asString(),
                    node.get("seed").asLong(),
                    node.get("outcome").asString(),
                    problems,
                    node.get("nanos").asLong(),
                    node.get("lateNanos").asLong()));
        }
        return runs;
    }
}
