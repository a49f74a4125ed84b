package dev.cloche.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Each benchmark does what it claims to measure; how fast is not a test's business.
class BenchmarksTest {
    @Test
    void callsAreAnswered() {
        Calls calls = new Calls();
        try {
            assertThat(calls.wasmNoop().size()).isZero();
            assertThat(calls.wasmEcho64KiB().size()).isEqualTo(64 << 10);
            assertThat(calls.scriptNoop().size()).isZero();
            assertThat(calls.scriptPromise().size()).isZero();
            assertThat(calls.scriptJson().text()).contains("\"seen\":true");
        } finally {
            calls.close();
        }
    }

    @Test
    void bundlesAreTaken() {
        Loads loads = new Loads();
        try {
            assertThat(loads.readBundle().manifest().name()).isEqualTo("hello");
            assertThat(loads.loadWasm().stored()).isFalse();
            assertThat(loads.loadScript().id()).isEqualTo("bench-script");
            assertThat(loads.installWasm().stored()).isTrue();
        } finally {
            loads.close();
        }
    }
}
