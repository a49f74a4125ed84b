package dev.cloche.host.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.control.ControlException.Code;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ControlServerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by the test engine
    private Path home;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void close() throws Exception {
        go.countDown();
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    /// What a host would do.
    private String answer(String op, String params) {
        return switch (op) {
            case "echo" -> params;
            case "wait" -> waited();
            case "usage" -> throw new ControlException(Code.USAGE, "not like this");
            case "bundle" ->
                throw new BundleException("x", List.of(new Violation("/name", "is \"bad\"", "write another")));
            case "bug" -> throw new IllegalStateException("a \"bug\"");
            default -> throw new ControlException(Code.UNKNOWN_OPERATION, "there is no " + op);
        };
    }

    private String waited() {
        asked.countDown();
        try {
            go.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return "{\"waited\":true}";
    }

    private ControlServer server() {
        ControlServer server = ControlServer.open(home, this::answer, "1.2.3", nanos::get, Duration.ofSeconds(60));
        opened.add(server);
        return server;
    }

    private ControlClient client() {
        ControlClient client = ControlClient.connect(home).orElseThrow();
        opened.add(client);
        return client;
    }

    /// A connection that speaks bytes.
    private final class Raw implements AutoCloseable {
        private final SocketChannel channel;
        private final BufferedReader answers;

        Raw() {
            try {
                channel = SocketChannel.open(UnixDomainSocketAddress.of(home.resolve("host.sock")));
                answers = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            opened.add(this);
        }

        Raw send(String text) throws IOException {
            return send(text.getBytes(StandardCharsets.UTF_8));
        }

        Raw send(byte[] bytes) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            return this;
        }

        String line() throws IOException {
            return String.valueOf(answers.readLine());
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void answersComeInOrderWithTheIdsOfTheirRequests() throws IOException {
        server();
        Raw raw = new Raw().send("""
                        {"id":7,"op":"echo","params":{ "a" : [1, {"b":null}] }}
                        {"op":"echo","id":"x"}
                        """);
        assertThat(raw.line()).isEqualTo("{\"id\":7,\"ok\":true,\"result\":{ \"a\" : [1, {\"b\":null}] }}");
        assertThat(raw.line()).isEqualTo("{\"id\":\"x\",\"ok\":true,\"result\":{}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "[]",
                "{\"id\":1}",
                "{\"op\":\"echo\"}",
                "{\"id\":{},\"op\":\"echo\"}",
                "{\"id\":1,\"id\":2,\"op\":\"echo\"}",
                "{\"id\":1,\"op\":\"echo\",\"params\":[]}",
                "{\"id\":1,\"op\":\"echo\",\"params\":{\"a\":}}",
                "{\"id\":1,\"op\":\"echo\",\"extra\":1}",
                "{\"id\":1,\"op\":\"echo\"} {}",
                "{\"id\":1,\"op\":\"ec"
            })
    void whatIsNoRequestGetsAnErrorAndTheNextOneIsAnswered(String line) throws IOException {
        server();
        Raw raw = new Raw().send(line + "\n{\"id\":2,\"op\":\"echo\"}\n");
        assertThat(raw.line()).startsWith("{\"id\":null,\"ok\":false,\"error\":{\"code\":\"invalid_request\",");
        assertThat(raw.line()).isEqualTo("{\"id\":2,\"ok\":true,\"result\":{}}");
    }

    @Test
    void bytesThatAreNoUtf8GetAnError() throws IOException {
        server();
        Raw raw = new Raw().send(new byte[] {'{', (byte) 0xff, '}', '\n'});
        assertThat(raw.line()).contains("invalid_request", "UTF-8");
    }

    @Test
    void deepJsonIsRefusedAndTheHostLivesOn() throws IOException {
        server();
        String deep = "{\"a\":".repeat(100_000);
        assertThat(new Raw()
                        .send("{\"id\":1,\"op\":\"echo\",\"params\":" + deep + "\n")
                        .line())
                .contains("invalid_request");
        assertThat(client().ask("echo", "{}")).isEqualTo("{}");
    }

    @Test
    void aLineThatIsTooLongEndsItsConnectionAlone() {
        server();
        String huge = "{\"a\":\"" + "x".repeat(ControlProtocol.REQUEST_BYTES_MAX) + "\"}";
        assertRefused(() -> client().ask("echo", huge), Code.TOO_LARGE, "bytes-max=33554432");
        Raw raw = new Raw();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                raw.send("{\"id\":1,\"op\":\"echo\",\"params\":" + huge + "}\n");
            } catch (IOException _) {
                // The host reads no more of it.
            }
        });
        assertThat(lineOf(raw)).contains("\"code\":\"too_large\"", "bytes-max=33554432");
        sent.join();
        assertThat(client().ask("echo", "{}")).isEqualTo("{}");
    }

    private static boolean isDone(CompletableFuture<String> future) throws Exception {
        try {
            future.get(50, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }

    private static String lineOf(Raw raw) {
        try {
            return raw.line();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRequestAsLongAsMayBeIsAnswered() {
        server();
        String params = "{\"a\":\"" + "x".repeat(ControlProtocol.REQUEST_BYTES_MAX - 100) + "\"}";
        assertThat(client().ask("echo", params)).isEqualTo(params);
    }

    @Test
    void whatIsHeldForOneConnectionIsNotThereForAnother() throws IOException {
        server();
        String part = "x".repeat(ControlProtocol.REQUEST_BYTES_MAX - 10);
        Raw first = new Raw().send(part);
        Raw second = new Raw().send(part);
        Raw third = new Raw();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                third.send(part);
            } catch (IOException _) {
                // The host reads no more of it.
            }
        });
        assertThat(third.line()).contains("\"code\":\"busy\"");
        sent.join();
        first.close();
        second.close();
        assertThat(client().ask("echo", "{}")).isEqualTo("{}");
    }

    @Test
    void aLineThatIsBeingWorkedOnIsHeldAsWell() throws Exception {
        server();
        String padding = "x".repeat(ControlProtocol.REQUEST_BYTES_MAX - 100);
        Raw first = new Raw().send("{\"id\":1,\"op\":\"wait\",\"params\":{\"a\":\"" + padding + "\"}}\n");
        asked.await();
        Raw second = new Raw();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                second.send(padding).send(padding);
            } catch (IOException _) {
                // The host reads no more of it.
            }
        });
        assertThat(second.line()).contains("\"code\":\"busy\"");
        sent.join();
        go.countDown();
        assertThat(first.line()).contains("\"waited\":true");
        assertThat(first.send("{\"id\":2,\"op\":\"echo\"}\n").line()).contains("\"ok\":true");
        assertThat(client().ask("echo", "{\"a\":\"" + padding + "\"}")).contains(padding);
    }

    @Test
    void anOperationOfAnyLengthIsNotRepeatedInTheAnswer() throws IOException {
        server();
        Raw raw = new Raw().send("{\"id\":1,\"op\":\"" + "x".repeat(100_000) + "\"}\n");
        assertThat(raw.line())
                .contains("invalid_request", "the op must be a text of at most 64")
                .hasSizeLessThan(300);
    }

    @Test
    void aSocketThatIsListenedOnIsNotReplaced() {
        server();
        assertRefused(this::server, Code.UNAVAILABLE, "somebody listens there already");
        assertThat(client().ask("echo", "{}")).isEqualTo("{}");
    }

    @Test
    void aHostThatStopsLateLeavesTheSocketOfTheNextOneAlone() throws IOException {
        ControlServer late = server();
        Files.delete(home.resolve("host.sock"));
        server();
        late.stop();
        assertThat(client().ask("echo", "{}")).isEqualTo("{}");
    }

    @Test
    void oneConnectionTooManyIsToldSo() throws IOException {
        server();
        for (int i = 0; i < ControlServer.CONNECTIONS_MAX; i++) {
            assertThat(new Raw().send("{\"id\":1,\"op\":\"echo\"}\n").line()).contains("\"ok\":true");
        }
        Raw more = new Raw();
        assertThat(more.line()).contains("\"code\":\"busy\"", "connections-max=64");
        assertThat(more.line()).isEqualTo("null");
    }

    @Test
    void aConnectionThatAsksNothingIsClosed() throws Exception {
        server();
        Raw raw = new Raw().send("{\"id\":1,\"op\":\"echo\"}\n");
        assertThat(raw.line()).contains("\"ok\":true");
        CompletableFuture<String> end = CompletableFuture.supplyAsync(() -> lineOf(raw));
        // More than once: when the host began to wait for the next request, nobody outside can tell.
        while (!isDone(end)) {
            nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        }
        assertThat(end.join()).isEqualTo("null");
        assertThat(client().ask("echo", "{}")).isEqualTo("{}");
    }

    @Test
    void aRefusalKeepsItsCodeAndItsMessage() {
        server();
        assertRefused(() -> client().ask("usage", "{}"), Code.USAGE, "not like this");
        assertRefused(() -> client().ask("nope", "{}"), Code.UNKNOWN_OPERATION, "there is no nope");
        assertRefused(() -> client().ask("bug", "{}"), Code.INTERNAL, "its log says why");
        assertThatThrownBy(() -> client().ask("bundle", "{}"))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        e -> assertThat(e.violations())
                                .containsExactly(new Violation("/name", "is \"bad\"", "write another")));
    }

    private static void assertRefused(Runnable asking, Code code, String message) {
        assertThatThrownBy(asking::run)
                .isInstanceOfSatisfying(
                        ControlException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void whatWasAskedBeforeTheStopIsAnsweredAndNothingAfter() throws Exception {
        ControlServer server = server();
        Raw idle = new Raw();
        Raw busy = new Raw().send("{\"id\":1,\"op\":\"wait\"}\n{\"id\":2,\"op\":\"echo\"}\n");
        asked.await();
        server.stop();
        assertThat(idle.line()).isEqualTo("null");
        assertThat(home.resolve("host.sock")).doesNotExist();
        assertThat(ControlClient.connect(home)).isEmpty();
        assertThat(server.awaitAnswered(Duration.ofMillis(1))).isFalse();
        go.countDown();
        assertThat(busy.line()).contains("\"waited\":true");
        assertThat(busy.line()).isEqualTo("null");
        assertThat(server.awaitAnswered(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void theSocketIsItsOwnersAlone() throws IOException {
        server();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("host.sock"))))
                .isEqualTo("rw-------");
    }

    @Test
    void theSocketOfADeadHostIsReplaced() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(home.resolve("host.sock")));
        }
        assertThat(home.resolve("host.sock")).exists();
        assertThat(ControlClient.connect(home)).isEmpty();
        server();
        assertThat(client().ask("echo", "{}")).isEqualTo("{}");
    }

    @Test
    void somethingElseOfThatNameIsLeftAlone() throws IOException {
        Files.writeString(home.resolve("host.sock"), "mine");
        assertRefused(this::server, Code.UNAVAILABLE, "something else has the socket's name");
        assertThat(home.resolve("host.sock")).hasContent("mine");
    }

    @Test
    void aHomeThatOthersMayWriteInIsRefused() throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertRefused(this::server, Code.FORBIDDEN, "chmod go-w");
    }

    @Test
    void aPathThatIsTooLongIsAnErrorThatSaysWhatToDo() throws IOException {
        Path deep = Files.createDirectories(home.resolve("x".repeat(100)));
        assertRefused(
                () -> ControlServer.open(deep, this::answer, "1", nanos::get),
                Code.UNAVAILABLE,
                "choose a home with a shorter one");
        assertThat(ControlClient.connect(deep)).isEmpty();
    }

    @Test
    void withoutASocketThereIsNoHost() {
        assertThat(ControlClient.connect(home)).isEqualTo(Optional.empty());
    }

    @Test
    void aHostOfAnotherVersionIsNotDealtWith() throws IOException {
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(home.resolve("host.sock")));
            Thread.ofVirtual().start(() -> {
                try (SocketChannel taken = other.accept()) {
                    taken.read(ByteBuffer.allocate(1_000));
                    taken.write(StandardCharsets.UTF_8.encode("{\"id\":1,\"ok\":true,\"result\":"
                            + "{\"version\":2,\"release\":\"9.9.9\",\"pid\":4711}}\n"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertRefused(
                    () -> ControlClient.connect(home), Code.VERSION, "version=1 host-version=2 release=9.9.9 pid=4711");
        }
    }

    @Test
    void whatIsNoHostIsNotDealtWith() throws IOException {
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(home.resolve("host.sock")));
            Thread.ofVirtual().start(() -> {
                try (SocketChannel taken = other.accept()) {
                    taken.read(ByteBuffer.allocate(1_000));
                    taken.write(StandardCharsets.UTF_8.encode("220 mail.example ESMTP\n"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertRefused(() -> ControlClient.connect(home), Code.VERSION, "no host of this version");
        }
    }

    @Test
    void aHostThatGoesAwayIsSaidToHave() throws Exception {
        ControlServer server = server();
        ControlClient client = client();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> client.ask("wait", "{}"));
        asked.await();
        server.close();
        assertThatThrownBy(answer::join).hasMessageContaining("the live host went away before it answered, op=wait");
    }
}
