package dev.cloche.cli;

import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a call's payload comes from: text on the command line, a file, or the input of the process.
final class PayloadSource {
    /// What the command reads at most. Extensions have limits of their own, which are much lower unless their operator
    /// raised them; this one keeps an endless input from filling the memory before any of them is asked.
    static final int PAYLOAD_BYTES_MAX = 256 * 1024 * 1024;

    /// The name of a file that stands for the input of the process.
    static final String STDIN = "-";

    private final Terminal terminal;
    private final int bytesMax;

    PayloadSource(Terminal terminal) {
        this(terminal, PAYLOAD_BYTES_MAX);
    }

    PayloadSource(Terminal terminal, int bytesMax) {
        this.terminal = terminal;
        this.bytesMax = bytesMax;
    }

    /// Reads the payload. Where neither text nor a file is given it is the input of the process, unless a person would
    /// have to type it: then it is empty.
    ///
    /// @throws CommandFailure if both are given, or what is given cannot be read
    Payload read(@Nullable String text, @Nullable String file) {
        if (text != null && file != null) {
            throw new CommandFailure(
                    ExitStatus.USAGE, "give the payload as a file or with --input, not both, file=" + file);
        }
        if (text != null) {
            return Payload.text(text);
        }
        if (file == null && terminal.interactive()) {
            return Payload.EMPTY;
        }
        return file == null || file.equals(STDIN) ? drain(terminal.in(), "standard input") : readFile(file);
    }

    private Payload readFile(String file) {
        Path path = Path.of(file);
        if (Files.isDirectory(path)) {
            throw new CommandFailure(ExitStatus.USAGE, "the payload must be a file, not a folder, path=" + file);
        }
        try (InputStream in = Files.newInputStream(path)) {
            return drain(in, file);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitStatus.USAGE, "there is no such file for the payload, path=" + file, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private Payload drain(InputStream in, String name) {
        byte[] bytes;
        try {
            bytes = in.readNBytes(bytesMax);
            if (bytes.length == bytesMax && in.read() >= 0) {
                throw new CommandFailure(
                        ExitStatus.USAGE, "the payload is too large, source=" + name + " bytes-max=" + bytesMax);
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        return Payload.wrap(bytes);
    }

    private static CommandFailure unreadable(String name, IOException e) {
        return new CommandFailure(
                ExitStatus.UNAVAILABLE, "the payload cannot be read, source=" + name + " reason=" + e.getMessage(), e);
    }
}
