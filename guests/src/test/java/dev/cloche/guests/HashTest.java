package dev.cloche.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The hash extension agrees with the platform's SHA-256 and with `sha256sum`.
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
    /// Payloads for one run of `sha256sum`; their files are overwritten by the next, and take 64 MiB at most.
    private static final int BATCH = 50;

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
    void agreesWithThePlatformAndWithSha256sumOnRandomPayloads() throws IOException, InterruptedException {
        long seed = Long.getLong("cloche.seed", new Random().nextLong());
        System.out.println("hash: replay with -Dcloche.seed=" + seed);
        Random random = new Random(seed);
        int compared = 0;
        boolean missing = false;
        for (int start = 0; start < PAYLOADS; start += BATCH) {
            List<byte[]> payloads = new ArrayList<>();
            List<String> digests = new ArrayList<>();
            for (int i = start; i < start + BATCH; i++) {
                byte[] payload = new byte[size(i, random)];
                random.nextBytes(payload);
                payloads.add(payload);
                digests.add(hash(payload));
                assertThat(digests.getLast())
                        .as("payload %d, size=%d seed=%d", i, payload.length, seed)
                        .isEqualTo(platform(payload));
            }
            Optional<List<String>> printed = sha256sum(payloads);
            missing |= printed.isEmpty();
            if (printed.isPresent()) {
                assertThat(digests).as("payloads from %d, seed=%d", start, seed).isEqualTo(printed.get());
                compared += digests.size();
            }
        }
        if (missing) {
            System.out.println("LEFT OUT: comparing with sha256sum, which is not on the PATH");
        }
        assertThat(compared).as("payloads compared with sha256sum").isEqualTo(missing ? 0 : PAYLOADS);
    }

    private static int size(int index, Random random) {
        if (index < EDGE_SIZES.length) {
            return EDGE_SIZES[index];
        }
        return index % LARGE_EVERY == 0
                ? random.nextInt(PAYLOAD_BYTES_MAX + 1)
                : random.nextInt(1 << random.nextInt(1, USUAL_BYTES_BITS + 1));
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

    /// What `sha256sum` says of these payloads, in one run; nothing where the machine does not have it.
    private Optional<List<String>> sha256sum(List<byte[]> payloads) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sha256sum"));
        for (int i = 0; i < payloads.size(); i++) {
            command.add(Files.write(scratch.resolve("payload-" + i), payloads.get(i))
                    .toString());
        }
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return Optional.empty();
        }
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return Optional.of(printed.lines()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList());
    }
}
