package dev.cloche.host.conformance;

import dev.cloche.host.engine.memory.MemorySetting;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Runs the suite from the command line and writes the report.
public final class Conformance {
    static final int OK = 0;
    static final int REGRESSION = 1;
    static final int USAGE = 2;

    /// Every pipeline there is. The first is the one that the others are held against.
    static final List<Pipeline> PIPELINES = List.of(
            new RawPipeline(),
            new ClochePipeline("foreign", MemorySetting.FOREIGN, false),
            new ClochePipeline("heap", MemorySetting.HEAP, false),
            new ClochePipeline("foreign+split", MemorySetting.FOREIGN, true),
            new ClochePipeline("heap+split", MemorySetting.HEAP, true));

    private static final String USAGE_TEXT = """
            usage: [options] FOLDER...
              FOLDER              the suite's root, as *.wast or converted (*.json and *.wasm); further ones are added
              --pipelines=A,B     which pipelines to run; the first is the one that the others are held against
              --only=REGEX        which scripts to run
              --out=FILE          where to write the report; else it is printed
              --converted=FOLDER  where to keep what wast2json makes; else target/conformance
              --wast2json=PATH    the converter; else the one on the path
              --suite=TEXT        what to call the suite in the report; else its git commit, if it has one""";

    private Conformance() {}

    /// Exits with 0 if nothing that passes in the first pipeline fails in another, 1 if something does, and 2 if the
    /// suite cannot be run.
    public static void main(String[] args) {
        int status = run(List.of(args), PIPELINES, System.out, System.err);
        System.out.flush();
        // A guest that would not stop still has its thread.
        System.exit(status);
    }

    static int run(List<String> args, List<Pipeline> known, PrintStream out, PrintStream err) {
        try {
            return run(Options.parse(args), known, out, err);
        } catch (ConformanceException e) {
            err.println(e.getMessage());
            return USAGE;
        }
    }

    private static int run(Options options, List<Pipeline> known, PrintStream out, PrintStream err) {
        List<Pipeline> pipelines = options.pipelines(known);
        Wast2Json converter = new Wast2Json(options.text("wast2json", "wast2json"));
        Path converted = Path.of(options.text("converted", "target/conformance"));
        Pattern only = Pattern.compile(options.text("only", ""));
        Suite suite = Suite.read(options.folders(), converted, converter, only);
        List<ScriptResult> results = new ArrayList<>();
        for (Script script : suite.scripts()) {
            err.println(script.name());
            results.add(ScriptResult.play(script, pipelines));
        }
        Map<String, String> environment = Environment.describe();
        environment.put(
                "Suite",
                options.text("suite", Environment.commit(options.folders().getFirst())));
        environment.put("Converter", suite.converter());
        Report report = new Report(pipelines, results, environment, suite.unconverted());
        write(options, report.markdown(), out);
        return report.hasRegressions() ? REGRESSION : OK;
    }

    private static void write(Options options, String text, PrintStream out) {
        String file = options.text("out", "");
        if (file.isEmpty()) {
            out.print(text);
            return;
        }
        try {
            Files.writeString(Path.of(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Options(Map<String, String> values, List<Path> folders) {
        private static final List<String> NAMES =
                List.of("pipelines", "only", "out", "converted", "wast2json", "suite");

        static Options parse(List<String> args) {
            Map<String, String> values = new LinkedHashMap<>();
            List<Path> folders = new ArrayList<>();
            for (String arg : args) {
                if (!arg.startsWith("--")) {
                    folders.add(Path.of(arg).normalize());
                    continue;
                }
                int equals = arg.indexOf('=');
                String name = equals < 0 ? arg.substring(2) : arg.substring(2, equals);
                if (equals < 0 || !NAMES.contains(name)) {
                    throw new ConformanceException(
                            USAGE_TEXT + "\nno such option, or one without a value, option=" + arg);
                }
                values.put(name, arg.substring(equals + 1));
            }
            if (folders.isEmpty()) {
                throw new ConformanceException(USAGE_TEXT + "\nno folder is named; docs/conformance.md says how to get"
                        + " the suite, arguments=" + args);
            }
            return new Options(values, folders);
        }

        String text(String name, String otherwise) {
            return values.getOrDefault(name, otherwise);
        }

        List<Pipeline> pipelines(List<Pipeline> known) {
            if (!values.containsKey("pipelines")) {
                return known;
            }
            List<String> names = known.stream().map(Pipeline::name).toList();
            List<Pipeline> chosen = new ArrayList<>();
            for (String name : text("pipelines", "").split(",", -1)) {
                if (!names.contains(name)) {
                    throw new ConformanceException("no such pipeline, name=" + name + ", known=" + names);
                }
                chosen.add(known.get(names.indexOf(name)));
            }
            return chosen;
        }
    }
}
