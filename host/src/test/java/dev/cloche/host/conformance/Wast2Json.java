package dev.cloche.host.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// wabt's converter from the suite's text format.
final class Wast2Json {
    private static final long SECONDS_MAX = 60;
    private static final int MESSAGE_CHARS_MAX = 200;

    /// Without an option what is standard; scripts of later proposals need one.
    private static final List<List<String>> OPTIONS = List.of(List.of(), List.of("--enable-all"));

    private final String command;

    /// @param command its name on the path, or the path to it
    Wast2Json(String command) {
        this.command = command;
    }

    /// The version, or empty if there is no such command.
    Optional<String> version() {
        try {
            Run run = run(List.of(command, "--version"));
            return run.status() == 0 ? Optional.of(run.output().strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Converts a script.
    ///
    /// @return why it cannot; empty if it did
    Optional<String> convert(Path wast, Path json) {
        String message = "";
        try {
            for (List<String> options : OPTIONS) {
                List<String> line = new ArrayList<>(List.of(command));
                line.addAll(options);
                line.addAll(List.of(wast.toString(), "--output=" + json));
                Run run = run(line);
                if (run.status() == 0) {
                    return Optional.empty();
                }
                message = firstLine(run.output()).replace(wast.toString(), "line ");
            }
        } catch (IOException e) {
            message = e.toString();
        }
        return Optional.of(message);
    }

    private record Run(int status, String output) {}

    private static Run run(List<String> line) throws IOException {
        Path output = Files.createTempFile("wast2json", ".log");
        try {
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("took too long, secondsMax=" + SECONDS_MAX);
            }
            return new Run(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConformanceException("the conversion was interrupted", e);
        } finally {
            Files.delete(output);
        }
    }

    private static String firstLine(String output) {
        String line = output.lines().findFirst().orElse("ended without a message");
        return line.length() <= MESSAGE_CHARS_MAX ? line : line.substring(0, MESSAGE_CHARS_MAX) + "...";
    }
}
