package dev.cloche.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the launcher has the JVM watch when it makes its ahead-of-time cache: the commands that people start most
/// often, run in one process and on a home of their own, their output thrown away.
final class AotTraining {
    private static final String SAMPLE =
            "# Title\n\nSome *text* with `code`, a [link](x) and\n\n- a list\n\n> a quote\n";

    private AotTraining() {}

    /// @param args a bundle whose first command takes Markdown, and an empty folder
    public static void main(String[] args) throws IOException {
        String bundle = args[0];
        Path folder = Path.of(args[1]);
        String home = folder.resolve("home").toString();
        Path sample = Files.writeString(folder.resolve("sample.md"), SAMPLE);
        run("--help");
        run("run", "--help");
        run("doctor", "--home", home);
        run("check", bundle, "--home", home);
        run("run", bundle, sample.toString(), "--home", home);
        run("run", bundle, sample.toString(), "--home", home, "--json");
        // A command that failed makes the cache poorer, not wrong.
        System.exit(ExitStatus.OK);
    }

    private static void run(String... args) {
        ByteArrayInputStream nothing = new ByteArrayInputStream(new byte[0]);
        Terminal terminal = new Terminal(nothing, true, OutputStream.nullOutputStream(), System.err);
        int status = Cloche.execute(terminal, args);
        terminal.errorLine("status " + status + " of " + String.join(" ", args));
    }
}
