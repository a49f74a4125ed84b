package dev.cloche.host.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.ChunkSink;
import dev.cloche.host.hostcall.ExtensionPort;
import dev.cloche.host.hostcall.Format;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallChannel;
import dev.cloche.host.hostcall.HostcallRouter;
import dev.cloche.host.hostcall.LaneOverride;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Chunk;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.hostcall.Outcome.Ok;
import dev.cloche.host.hostcall.Progress;
import dev.cloche.host.hostcall.QuotaLimits;
import dev.cloche.host.hostcall.Routers;
import dev.cloche.host.hostcall.Waiting;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.reactor.ReactorSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Responses in parts.
@Timeout(20)
class FetchStreamTest {
    private static final int LARGE_BYTES = 64 << 20;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicLong written = new AtomicLong();

    private RawServer server;
    private HttpService service;
    private @Nullable HostcallRouter router;

    @BeforeEach
    void start() throws IOException {
        server = new RawServer(this::page);
        service = new HttpService(
                host -> {
                    throw new UnknownHostException(host);
                },
                System::nanoTime);
    }

    @AfterEach
    void stop() throws IOException {
        gate.countDown();
        if (router != null) {
            router.close();
        }
        service.close();
        server.close();
    }

    private void page(String path, OutputStream out) throws Exception {
        switch (path) {
            case "/moved" ->
                write(out, "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /small\r\nContent-Length: 0\r\n\r\n");
            case "/small" ->
                write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello");
            case "/gated" -> {
                write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\none");
                gate.await();
                write(out, "two");
            }
            case "/silent/head" -> asked.countDown();
            case "/silent/body" ->
                write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\nhalf");
            case "/silent/moved" ->
                write(out, "HTTP/1.1 302 Found\r\nLocation: /small\r\nContent-Length: 1000\r\n\r\nhalf");
            case "/torn" -> write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\nhalf");
            case "/headers" ->
                write(
                        out,
                        "HTTP/1.1 200 OK\r\nConnection: close\r\nX-A: " + "a".repeat(40_000)
                                + "\r\nContent-Length: 2\r\n\r\nok");
            default -> large(out);
        }
    }

    private void large(OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + LARGE_BYTES + "\r\n\r\n");
        byte[] block = new byte[1 << 16];
        for (int at = 0; at < LARGE_BYTES; at += block.length) {
            out.write(block);
            written.addAndGet(block.length);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private ExtensionPort port(LaneOverride lane, QuotaLimits limits) {
        Capability asked = new Capability("http.fetch", Map.of("hosts", List.of("*", "*:" + server.port())));
        Capability granted = new Capability("http.fetch", Map.of("hosts", List.of("127.0.0.1:" + server.port())));
        HostcallRouter made = Routers.of(new OpTable(service.ops()), System::nanoTime, ReactorSettings.DEFAULT, lane);
        router = made;
        return made.portFor(
                new Policy(Profile.BALANCED, Map.of("notes", List.of(granted)))
                        .resolve("notes", Map.of("http.fetch", asked)),
                limits);
    }

    /// One stream as a scheduler reads it: what is not told to have been delivered stays where it is.
    private static final class Reading {
        private final BlockingQueue<Outcome> told = new LinkedBlockingQueue<>();
        private final @Nullable Waiting waiting;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private long expected;

        Reading(HostcallChannel channel, ExtensionPort port, String url) {
            this(channel, hostcall(port, url, true));
        }

        Reading(HostcallChannel channel, Hostcall hostcall) {
            Progress progress = channel.submit(hostcall, told::add);
            switch (progress) {
                case Outcome outcome -> {
                    told.add(outcome);
                    waiting = null;
                }
                case Waiting under -> {
                    waiting = under;
                    if (under.onCaller()) {
                        told.add(under.await());
                    }
                }
            }
        }

        Outcome next() throws InterruptedException {
            Outcome outcome = told.poll(30, TimeUnit.SECONDS);
            assertThat(outcome).as("nothing came").isNotNull();
            if (outcome instanceof Chunk(long sequence, Payload part, boolean _)) {
                assertThat(sequence).isEqualTo(expected++);
                bytes.writeBytes(part.toByteArray());
                if (waiting != null) {
                    waiting.delivered();
                }
            }
            return outcome;
        }

        /// Reads to the end.
        Outcome last() throws InterruptedException {
            Outcome outcome = next();
            while (outcome instanceof Chunk(long _, Payload _, boolean last) && !last) {
                outcome = next();
            }
            return outcome;
        }

        String body() {
            ByteBuffer all = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
            all.position(Integer.BYTES + all.getInt());
            return StandardCharsets.ISO_8859_1.decode(all).toString();
        }
    }

    private static Hostcall hostcall(ExtensionPort port, String url, boolean streamed) {
        return hostcall(port, url, streamed, OpHarness.DEADLINE_NANOS);
    }

    private static Hostcall hostcall(ExtensionPort port, String url, boolean streamed, long timeoutNanos) {
        byte[] header = ("{\"url\":\"" + url + "\"}").getBytes(StandardCharsets.UTF_8);
        Payload request = Payload.wrap(ByteBuffer.allocate(Integer.BYTES + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(header.length)
                .put(header)
                .array());
        long deadline = System.nanoTime() + timeoutNanos;
        Frame frame = new Frame(1, "notes", Entry.command("run"), timeoutNanos, deadline);
        return new Hostcall(frame, port.resolve("http.fetch"), request, Format.JSON, streamed, null);
    }

    private void awaitNoSilence() {
        while (server.silences() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private void awaitNoConnection() {
        while (server.connections() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Test
    void allPartsTogetherAreTheWholeAnswer() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        for (String path : List.of("/small", "/moved", "/headers")) {
            Reading reading = new Reading(port.open(), port, server.url(path));
            assertThat(reading.last())
                    .isInstanceOfSatisfying(
                            Chunk.class, chunk -> assertThat(chunk.last()).isTrue());
            try (HostcallChannel channel = port.open()) {
                assertThat(channel.call(hostcall(port, server.url(path), false)))
                        .isEqualTo(new Ok(Payload.wrap(reading.bytes.toByteArray())));
            }
        }
    }

    @Test
    void theCompatLaneAnswersWhole() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.ALL, QuotaLimits.DEFAULT);
        Reading reading = new Reading(port.open(), port, server.url("/small"));
        assertThat(reading.last())
                .isInstanceOfSatisfying(
                        Ok.class, ok -> assertThat(ok.answer().text()).endsWith("hello"));
        assertThat(port.inFlight()).isZero();
    }

    @Test
    void whatTheServerHasSentIsThereBeforeItSendsTheRest() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        Reading reading = new Reading(port.open(), port, server.url("/gated"));
        var _ = reading.next();
        var _ = reading.next();
        assertThat(reading.body()).isEqualTo("one");
        assertThat(port.inFlight()).isOne();
        gate.countDown();
        assertThat(reading.last()).isInstanceOf(Chunk.class);
        assertThat(reading.body()).isEqualTo("onetwo");
        assertThat(port.inFlight()).isZero();
    }

    @Test
    void whoDoesNotReadIsSentNoMore() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        HostcallChannel channel = port.open();
        Reading reading = new Reading(channel, port, server.url("/large"));
        long before = -1;
        // Until the buffers on the way are full.
        while (written.get() != before) {
            before = written.get();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
        assertThat(written.get()).isLessThan(LARGE_BYTES / 2);
        assertThat(reading.told).hasSize(1);
        assertThat(reading.last()).isInstanceOf(Chunk.class);
        assertThat(reading.bytes.size()).isGreaterThan(LARGE_BYTES);
    }

    @Test
    void cancellingEndsTheExchangeAndGivesItsPlaceBack() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        Reading reading = new Reading(port.open(), port, server.url("/gated"));
        var _ = reading.next();
        var _ = reading.next();
        Objects.requireNonNull(reading.waiting).cancel();
        assertThat(reading.last())
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.code()).isEqualTo(FailedCode.CANCELLED));
        while (port.inFlight() > 0) {
            Thread.onSpinWait();
        }
        gate.countDown();
        awaitNoConnection();
    }

    @Test
    void aServerThatSaysNothingMoreIsLeftAtOnce() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        Reading head = new Reading(port.open(), port, server.url("/silent/head"));
        asked.await();
        Objects.requireNonNull(head.waiting).cancel();
        awaitNoSilence();

        Reading body = new Reading(port.open(), port, server.url("/silent/body"));
        var _ = body.next();
        var _ = body.next();
        Objects.requireNonNull(body.waiting).cancel();
        awaitNoSilence();

        assertThat(new Reading(port.open(), port, server.url("/silent/moved")).last())
                .isInstanceOf(Chunk.class);
        awaitNoSilence();
    }

    @Test
    void aStreamThatNobodyReadsEndsWhenItsTimeIsOver() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        Hostcall hostcall = hostcall(port, server.url("/large"), true, TimeUnit.MILLISECONDS.toNanos(300));
        Reading reading = new Reading(port.open(), hostcall);
        assertThat(reading.told.take()).isInstanceOf(Chunk.class);
        assertThat(reading.next())
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.code()).isEqualTo(FailedCode.TIMEOUT));
        assertThat(port.inFlight()).isZero();
        awaitNoConnection();
    }

    @Test
    void closingTheHostEndsAStreamThatNobodyReads() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        Reading reading = new Reading(port.open(), port, server.url("/large"));
        var _ = reading.next();
        Objects.requireNonNull(router).close();
        assertThat(reading.last())
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.code()).isEqualTo(FailedCode.CANCELLED));
        assertThat(reading.told).isEmpty();
        assertThat(port.inFlight()).isZero();
        awaitNoConnection();
    }

    @Test
    void aResponseThatBreaksOffFails() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        Reading reading = new Reading(port.open(), port, server.url("/torn"));
        assertThat(reading.last()).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(FailedCode.IO);
            assertThat(failed.retryable()).isTrue();
        });
        assertThat(reading.body()).isEqualTo("half");
    }

    @Test
    void theQuotaEndsAStreamThatIsTooMuch() throws InterruptedException {
        ExtensionPort port =
                port(LaneOverride.UNSET, QuotaLimits.DEFAULT.withBytesPerMinute(20L * ChunkSink.CHUNK_BYTES_MAX));
        Reading reading = new Reading(port.open(), port, server.url("/large"));
        assertThat(reading.last()).isInstanceOfSatisfying(Denied.class, denied -> {
            assertThat(denied.code()).isEqualTo(DeniedCode.QUOTA);
            assertThat(denied.details()).containsEntry("quota", "bytes").containsKey("retry_after_ms");
        });
        assertThat(reading.bytes.size()).isBetween(10 * ChunkSink.CHUNK_BYTES_MAX, 30 * ChunkSink.CHUNK_BYTES_MAX);
        assertThat(port.inFlight()).isZero();
        awaitNoConnection();
    }

    @Test
    void aHostThatIsNotGrantedIsDenied() throws InterruptedException {
        ExtensionPort port = port(LaneOverride.UNSET, QuotaLimits.DEFAULT);
        Reading reading = new Reading(port.open(), port, "http://other.example/");
        assertThat(reading.last())
                .isInstanceOfSatisfying(
                        Denied.class, denied -> assertThat(denied.details()).containsEntry("rule", "grant.parameters"));
    }
}
