package dev.cloche.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The three streams of a command. Output is bytes or lines in UTF-8; a reader that goes away ends the command quietly.
final class Terminal {
    /// Set by the launcher, which can ask the shell: the JVM tells only whether stdin and stdout both are terminals.
    private static final String STDIN_TERMINAL_PROPERTY = "cloche.stdin.terminal";

    private final InputStream in;
    private final boolean interactive;
    private final OutputStream out;
    private final PrintStream err;

    /// @param interactive whether a person types the input, so that nobody waits for it unasked
    Terminal(InputStream in, boolean interactive, OutputStream out, PrintStream err) {
        this.in = in;
        this.interactive = interactive;
        this.out = out;
        this.err = err;
    }

    /// The streams of this process. `System.out` is passed over, since a `PrintStream` hides a broken pipe.
    static Terminal ofProcess() {
        boolean interactive = Boolean.getBoolean(STDIN_TERMINAL_PROPERTY);
        return new Terminal(System.in, interactive, new FileOutputStream(FileDescriptor.out), System.err);
    }

    InputStream in() {
        return in;
    }

    boolean interactive() {
        return interactive;
    }

    /// Writes these bytes to the output, as they are.
    ///
    /// @throws CommandFailure if the output takes no more
    void write(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw outputFailure(e);
        }
    }

    /// Writes a line of text to the output.
    void line(String text) {
        write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// Writes a line of text to the error stream.
    void errorLine(String text) {
        err.println(text);
        err.flush();
    }

    /// For text that the command-line parser itself writes.
    PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true, err.charset());
    }

    private static CommandFailure outputFailure(IOException e) {
        String reason = String.valueOf(e.getMessage());
        boolean brokenPipe = reason.toLowerCase(Locale.ROOT).contains("broken pipe");
        return new CommandFailure(
                brokenPipe ? ExitStatus.BROKEN_PIPE : ExitStatus.UNAVAILABLE,
                "the output cannot be written, reason=" + reason,
                e);
    }
}
