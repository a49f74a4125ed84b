package dev.cloche.host.engine.rewrite;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs modules on V8, many in one node process.
final class NodeRun {
    private static final String SCRIPT = "fuzz.mjs";
    private static final long SECONDS_MAX = 300;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path node;

    /// A module as it was and as it has become.
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Pair(ModuleLayout.TestModule original, byte[] transformed) {}

    /// What was seen of both.
    record Seen(Observation original, Observation transformed) {}

    private NodeRun(Path node) {
        this.node = node;
    }

    /// The node on the PATH, if there is one.
    static Optional<NodeRun> find() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "node"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(NodeRun::new);
    }

    List<Seen> observe(List<Pair> modules, Path folder) {
        try {
            Path script = folder.resolve(SCRIPT);
            try (InputStream in = NodeRun.class.getResourceAsStream(SCRIPT)) {
                Files.write(script, in.readAllBytes());
            }
            Path input = folder.resolve("modules.jsonl");
            Files.write(input, modules.stream().map(NodeRun::line).toList());
            Path output = folder.resolve("seen.jsonl");
            run(script, input, output);
            return Files.readAllLines(output).stream().map(NodeRun::seen).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(Path script, Path input, Path output) throws IOException {
        Path errors = script.resolveSibling("errors.txt");
        var process = new ProcessBuilder(node.toString(), script.toString())
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("node did not end, seconds=" + SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while node was running", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new AssertionError("node failed, errors=" + Files.readString(errors, StandardCharsets.UTF_8));
        }
    }

    private static String line(Pair pair) {
        var generated = pair.original();
        return JSON.writeValueAsString(Map.of(
                "seed",
                generated.seed(),
                "functions",
                generated.functions().stream()
                        .map(type -> Map.of("params", names(type.params()), "results", names(type.results())))
                        .toList(),
                "globals",
                names(generated.globals()),
                "original",
                Base64.getEncoder().encodeToString(generated.wasm()),
                "transformed",
                Base64.getEncoder().encodeToString(pair.transformed())));
    }

    private static List<String> names(List<ValueType> types) {
        return types.stream().map(ValueType::name).toList();
    }

    private static Seen seen(String line) {
        JsonNode json = JSON.readTree(line);
        return new Seen(observation(json.get("original")), observation(json.get("transformed")));
    }

    private static Observation observation(JsonNode lines) {
        var texts = new ArrayList<String>();
        lines.forEach(line -> texts.add(line.asString()));
        return new Observation(texts);
    }
}
