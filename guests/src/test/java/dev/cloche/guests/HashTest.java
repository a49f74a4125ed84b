package dev.cloche.guests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The hash extension agrees with the platform's SHA-256 and with `sha256sum`, and leaves nothing behind.
class HashTest {
    private static final Entry SHA256 = Entry.command("sha256");

    private static final int PAYLOADS = 1_000;
    private static final int PAYLOAD_BYTES_MAX = 4 << 20;
    private static final int USUAL_BYTES_BITS = 16;
    /// Sizes around the ends of blocks, and the largest; the random ones follow.
    private static final int[] EDGE_SIZES = {
        0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, PAYLOAD_BYTES_MAX - 1, PAYLOAD_BYTES_MAX
    };
    private static final int LARGE_EVERY = 100;
    private static final int SHA256SUM_EVERY = 50;

    private static final int CALLS = 10_000;
    private static final int CALL_BYTES = 1_024;
    /// A call that kept its payload would cost 10 MiB, one page of guest memory a call 640 MiB.
    private static final long HEAP_GROWTH_MAX = 4L << 20;
    /// The Java heap and compiled code may still spread a little.
    private static final long RESIDENT_GROWTH_MAX = 64L << 20;

    @TempDir
    Path home;

    @TempDir
    Path scratch;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(HostConfig.at(home));
        host.load(Guests.bundle("hash"));
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void agreesWithThePlatformOnRandomPayloads() throws IOException, InterruptedException {
        long seed = Long.getLong("cloche.seed", new Random().nextLong());
        System.out.println("hash: replay with -Dcloche.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < PAYLOADS; i++) {
            byte[] payload = new byte[size(i, random)];
            random.nextBytes(payload);
            String digest = hash(payload);
            assertThat(digest)
                    .as("payload %d, size=%d seed=%d", i, payload.length, seed)
                    .isEqualTo(platform(payload));
            if (i % SHA256SUM_EVERY == 0) {
                assertThat(digest).as("payload %d, seed=%d", i, seed).isEqualTo(sha256sum(payload));
            }
        }
    }

    private static int size(int index, Random random) {
        if (index < EDGE_SIZES.length) {
            return EDGE_SIZES[index];
        }
        return index % LARGE_EVERY == 0
                ? random.nextInt(PAYLOAD_BYTES_MAX + 1)
                : random.nextInt(1 << random.nextInt(1, USUAL_BYTES_BITS + 1));
    }

    @Test
    void manyCallsLeaveNothingBehind() throws IOException {
        byte[] payload = new byte[CALL_BYTES];
        hash(new byte[PAYLOAD_BYTES_MAX]);
        repeat(payload);
        Held before = Held.now();
        repeat(payload);
        Held after = Held.now();
        System.out.println("hash: before " + before + ", after " + CALLS + " calls " + after);
        assertThat(after.heap() - before.heap()).as("heap, bytes").isLessThan(HEAP_GROWTH_MAX);
        assertThat(after.resident() - before.resident()).as("resident, bytes").isLessThan(RESIDENT_GROWTH_MAX);
        assertThat(after.files()).as("open files").isEqualTo(before.files());
    }

    private void repeat(byte[] payload) {
        for (int i = 0; i < CALLS; i++) {
            payload[i % CALL_BYTES]++;
            hash(payload);
        }
    }

    /// What this process holds: live bytes of the Java heap, resident bytes, open files. 0 where the system does not
    /// say.
    private record Held(long heap, long resident, long files) {
        private static final Path STATUS = Path.of("/proc/self/status");
        private static final String RESIDENT = "VmRSS:";

        static Held now() throws IOException {
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                    ? unix.getOpenFileDescriptorCount()
                    : 0;
            return new Held(heap, residentNow(), files);
        }

        private static long residentNow() throws IOException {
            if (!Files.exists(STATUS)) {
                return 0;
            }
            try (var lines = Files.lines(STATUS)) {
                return lines.filter(line -> line.startsWith(RESIDENT))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                        .findFirst()
                        .orElse(0);
            }
        }
    }

    private String hash(byte[] payload) {
        return host.call(Call.of("hash", SHA256, Payload.copyOf(payload)))
                .payloadOrThrow()
                .text();
    }

    private static String platform(byte[] payload) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private String sha256sum(byte[] payload) throws IOException, InterruptedException {
        Path file = Files.write(scratch.resolve("payload"), payload);
        Process process;
        try {
            process = new ProcessBuilder("sha256sum", file.toString()).start();
        } catch (IOException e) {
            System.out.println("LEFT OUT: comparing with sha256sum, which is not on the PATH");
            return platform(payload);
        }
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed.substring(0, printed.indexOf(' '));
    }
}
