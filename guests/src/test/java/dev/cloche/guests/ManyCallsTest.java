package dev.cloche.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls in a row leave nothing behind: heap, resident memory and open files stay as they are.
class ManyCallsTest {
    private static final int CALLS = 10_000;
    private static final int CALL_BYTES = 1_024;
    private static final int FIRST_BYTES = 1 << 20;
    /// A call that kept its payload would cost 10 MiB, one page of guest memory a call 640 MiB.
    private static final long HEAP_GROWTH_MAX = 4L << 20;
    /// The Java heap and compiled code may still spread a little.
    private static final long RESIDENT_GROWTH_MAX = 64L << 20;

    @TempDir
    Path home;

    @Test
    void ofWebAssemblyLeaveNothingBehind() throws IOException {
        assertLeaveNothingBehind(Guests.bundle("hash"), Entry.command("sha256"));
    }

    @Test
    void ofAScriptLeaveNothingBehind() throws IOException {
        assertLeaveNothingBehind(Guests.testBundle("mirror"), Entry.command("mirror"));
    }

    private void assertLeaveNothingBehind(Bundle bundle, Entry entry) throws IOException {
        try (Host host = Host.open(HostConfig.at(home))) {
            host.load(bundle);
            String id = bundle.manifest().name();
            // The largest payload first: the guest's memory has then grown as far as it will.
            call(host, id, entry, new byte[FIRST_BYTES]);
            byte[] payload = new byte[CALL_BYTES];
            repeat(host, id, entry, payload);
            Held before = Held.now();
            repeat(host, id, entry, payload);
            Held after = Held.now();
            System.out.println(id + ": before " + before + ", after " + CALLS + " calls " + after);
            assertThat(after.heap() - before.heap()).as("heap, bytes").isLessThan(HEAP_GROWTH_MAX);
            assertThat(after.resident() - before.resident())
                    .as("resident, bytes")
                    .isLessThan(RESIDENT_GROWTH_MAX);
            assertThat(after.files()).as("open files").isEqualTo(before.files());
        }
    }

    private static void repeat(Host host, String id, Entry entry, byte[] payload) {
        for (int i = 0; i < CALLS; i++) {
            payload[i % CALL_BYTES]++;
            call(host, id, entry, payload);
        }
    }

    private static void call(Host host, String id, Entry entry, byte[] payload) {
        Payload answer = host.call(Call.of(id, entry, Payload.copyOf(payload))).payloadOrThrow();
        assertThat(answer.size()).isPositive();
    }
}
