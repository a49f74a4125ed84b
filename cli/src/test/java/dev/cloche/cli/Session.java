package dev.cloche.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// A terminal that remembers what was written to it, and runs command lines on it.
final class Session {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal;

    private Session(byte[] input, boolean interactive) {
        terminal = new Terminal(
                new ByteArrayInputStream(input), interactive, out, new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    /// A person at the keyboard, who types nothing.
    static Session interactive() {
        return new Session(new byte[0], true);
    }

    /// A pipe or a file with this text as the input.
    static Session withInput(String input) {
        return withInput(input.getBytes(StandardCharsets.UTF_8));
    }

    static Session withInput(byte[] input) {
        return new Session(input, false);
    }

    Terminal terminal() {
        return terminal;
    }

    int run(Object... args) {
        String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            texts[i] = args[i].toString();
        }
        return Cloche.execute(terminal, texts);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    byte[] outBytes() {
        return out.toByteArray();
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
