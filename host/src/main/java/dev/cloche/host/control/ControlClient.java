package dev.cloche.host.control;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.control.ControlException.Code;
import dev.cloche.host.control.JsonSlices.Slice;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A connection to the live host of a home. Safe for use by one thread at a time.
public final class ControlClient implements ControlPort, AutoCloseable {
    /// How long a live host may take to say which version of the protocol it speaks.
    public static final Duration HELLO_TIMEOUT = Duration.ofSeconds(10);

    private final Path socket;
    private final LineChannel lines;
    private long ids;

    private ControlClient(Path socket, SocketChannel channel) {
        this.socket = socket;
        this.lines = new LineChannel(
                channel,
                "the answer",
                ControlProtocol.ANSWER_BYTES_MAX,
                new LineRoom(2L * ControlProtocol.ANSWER_BYTES_MAX));
    }

    /// Connects to the live host of a home.
    ///
    /// @return empty if none listens there
    /// @throws ControlException if one does and cannot be dealt with: it is another user's, or another version
    public static Optional<ControlClient> connect(Path home) {
        Path socket = home.resolve(ControlProtocol.SOCKET);
        if (ControlProtocol.isTooLong(socket) || !Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            ControlClient client = new ControlClient(socket, channel);
            client.greet(channel);
            return Optional.of(client);
        } catch (ConnectException | NoSuchFileException _) {
            // Of a host that died, or that closed meanwhile.
            close(channel);
            return Optional.empty();
        } catch (IOException e) {
            close(channel);
            if (Files.notExists(socket, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            throw new ControlException(
                    Code.UNAVAILABLE,
                    "the live host cannot be spoken to: " + e.getMessage() + "; use it as the user who runs it, socket="
                            + socket,
                    e);
        } catch (RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    private static void close(@Nullable SocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException _) {
                // It is of no use any more either way.
            }
        }
    }

    private void greet(SocketChannel channel) throws IOException {
        Optional<String> objection = ControlProtocol.objectionToPeer(channel, socket);
        if (objection.isPresent()) {
            throw new ControlException(Code.FORBIDDEN, objection.get() + " socket=" + socket);
        }
        CompletableFuture<Void> late = CompletableFuture.runAsync(
                () -> close(channel),
                CompletableFuture.delayedExecutor(HELLO_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        String hello = ask(ControlProtocol.HELLO, "{\"version\":" + ControlProtocol.VERSION + "}");
        late.cancel(false);
        Map<String, Slice> said = JsonSlices.of(hello);
        String version = text(said.get("version"));
        if (!version.equals(String.valueOf(ControlProtocol.VERSION))) {
            throw new ControlException(
                    Code.VERSION,
                    "the live host speaks another version of the protocol; use the command that it was started with,"
                            + " or restart it with this one, version=" + ControlProtocol.VERSION + " host-version="
                            + version + " release=" + text(said.get("release")) + " pid=" + text(said.get("pid")));
        }
    }

    private static String text(@Nullable Slice slice) {
        return slice == null ? "?" : slice.isString() ? JsonSlices.string(slice) : slice.text();
    }

    @Override
    public String ask(String op, String params) {
        byte[] request = ControlRequest.line(++ids, op, params);
        if (request.length > ControlProtocol.REQUEST_BYTES_MAX) {
            throw ControlProtocol.tooLarge("what the live host is asked", ControlProtocol.REQUEST_BYTES_MAX);
        }
        IOException unsent = null;
        try {
            lines.write(request);
        } catch (IOException e) {
            // It may have said why before it closed the connection.
            unsent = e;
        }
        try {
            byte[] answer = lines.read();
            if (answer == null) {
                throw gone(op, unsent);
            }
            return result(new String(answer, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw gone(op, e);
        }
    }

    private ControlException gone(String op, @Nullable IOException cause) {
        String message = "the live host went away before it answered, op=" + op + " socket=" + socket;
        return cause == null
                ? new ControlException(Code.UNAVAILABLE, message)
                : new ControlException(Code.UNAVAILABLE, message, cause);
    }

    private String result(String answer) {
        Map<String, Slice> members;
        Slice error;
        try {
            members = JsonSlices.of(answer);
            Slice result = members.get("result");
            if (result != null) {
                return result.text();
            }
            error = members.get("error");
            if (error == null || !error.isObject()) {
                throw new IllegalArgumentException("it has neither result nor error");
            }
        } catch (IllegalArgumentException e) {
            throw new ControlException(
                    Code.VERSION,
                    "what listens there is no host of this version: " + e.getMessage() + ", socket=" + socket,
                    e);
        }
        throw refusal(JsonSlices.of(error.text()));
    }

    private static RuntimeException refusal(Map<String, Slice> error) {
        Code code = Code.of(text(error.get("code")));
        String message = text(error.get("message"));
        Slice violations = error.get("violations");
        return code == Code.BUNDLE && violations != null
                ? new BundleException("the live host", violations(violations))
                : new ControlException(code, message);
    }

    private static List<Violation> violations(Slice array) {
        List<Violation> violations = new ArrayList<>();
        for (String each : JsonSlices.elements(array)) {
            Map<String, Slice> members = JsonSlices.of(each);
            violations.add(new Violation(
                    text(members.get("pointer")), text(members.get("message")), text(members.get("hint"))));
        }
        return violations;
    }

    /// Where the host listens.
    public Path socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException _) {
            // The system closes it with the process.
        }
    }
}
