package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Modules that a process of its own compiles: as good as those compiled here, and no harm if that goes wrong.
class CompileProcessTest {
    private static final byte[] OK = code(0x41, 0);
    private static final CompileConfig PROCESS =
            CompileConfig.DEFAULT.withProcess(true).withTimeout(Duration.ofMinutes(2));

    @TempDir
    Path home;

    @AfterEach
    void nothingIsLeftRunning() {
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    private Host host(CompileConfig compile) {
        return Host.open(MemoryKinds.config(home)
                .withCache(CacheConfig.DEFAULT.withEnabled(false))
                .withCompile(compile));
    }

    private static List<String> problems(Host host, byte[] handle) {
        return host.check(Bundles.wasm(WasmBuilder.guest(handle).build())).stream()
                .map(Violation::message)
                .toList();
    }

    private static Reply call(Host host) {
        return host.call(Call.of("test", Entry.command("main"), Payload.text("payload")));
    }

    @Test
    void whatTheProcessMakesRunsAsWhatIsMadeHere() {
        byte[] module = WasmBuilder.guest(code(0x41, 16, 0x41, 6, 0x10, 0, 0x41, 0))
                .data(16, "answer")
                .build();
        Reply here;
        try (Host host = host(CompileConfig.DEFAULT)) {
            host.load(Bundles.wasm(module));
            here = call(host);
        }
        try (Host host = host(PROCESS)) {
            assertThat(host.load(Bundles.wasm(module)).tier()).isEqualTo("compiled");
            assertThat(call(host)).isEqualTo(here);
        }
    }

    @Test
    void whatIsWrongWithAModuleIsSaidInTheSameWords() {
        byte[] vectors = code(0xFD, 0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1A, 0x41, 0);
        try (Host here = host(CompileConfig.DEFAULT);
                Host there = host(PROCESS)) {
            assertThat(problems(there, code()))
                    .isEqualTo(problems(here, code()))
                    .singleElement()
                    .asString()
                    .startsWith("is not a valid WebAssembly module: ");
            assertThat(problems(there, vectors))
                    .isEqualTo(problems(here, vectors))
                    .singleElement()
                    .asString()
                    .startsWith("cannot be made to count its fuel: ");
            byte[] noGuest = new WasmBuilder().memory(1, 1).build();
            assertThat(there.check(Bundles.wasm(noGuest))).isEqualTo(here.check(Bundles.wasm(noGuest)));
        }
    }

    @Test
    void aProcessThatTakesTooLongIsEnded() {
        try (Host host = host(PROCESS.withTimeout(Duration.ofMillis(1)))) {
            assertThat(problems(host, OK))
                    .containsExactly("could not be compiled: it took too long, compile.timeout=PT0.001S");
            assertThat(call(host)).isInstanceOf(Reply.Unavailable.class);
        }
    }

    @Test
    void aProcessThatRunsOutOfMemoryHarmsNobody() {
        var body = new ByteArrayOutputStream();
        for (int i = 0; i < 40_000; i++) {
            body.writeBytes(code(0x41, 1, 0x1A));
        }
        body.writeBytes(OK);
        WasmBuilder module = WasmBuilder.guest(body.toByteArray());
        for (int i = 0; i < 8; i++) {
            module.function("f" + i, List.of(), List.of(WasmBuilder.I32), body.toByteArray());
        }
        try (Host host = host(PROCESS.withMemoryBytes(CompileConfig.MEMORY_BYTES_MIN))) {
            assertThat(host.check(Bundles.wasm(module.build())))
                    .extracting(Violation::message)
                    .containsExactly("could not be compiled: it took too much memory, compile.memory="
                            + CompileConfig.MEMORY_BYTES_MIN);
        }
    }

    @Test
    void whatAProcessHasCompiledStaysTooLargeForAHostWithoutOne() {
        var body = new ByteArrayOutputStream();
        for (int i = 0; i < 2_290; i++) {
            // A constant of five bytes, and drop.
            body.writeBytes(code(0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0x1A));
        }
        body.writeBytes(OK);
        WasmBuilder module = WasmBuilder.guest(OK);
        for (int i = 0; i < 190; i++) {
            module.function("f" + i, List.of(), List.of(WasmBuilder.I32), body.toByteArray());
        }
        byte[] large = module.build();
        for (int round = 0; round < 2; round++) {
            try (Host host = Host.open(MemoryKinds.config(home).withCompile(PROCESS))) {
                host.load(Bundles.wasm(large));
                assertThat(call(host)).isInstanceOf(Reply.Ok.class);
            }
            try (Host host = Host.open(MemoryKinds.config(home))) {
                assertThat(host.check(Bundles.wasm(large)))
                        .extracting(Violation::message)
                        .singleElement()
                        .asString()
                        .contains("limit=code");
            }
        }
    }

    @Test
    void aConfigurationOutsideItsBoundsIsRefused() {
        assertThatThrownBy(() -> PROCESS.withMemoryBytes(1)).hasMessageEndingWith("compile.memory=1");
        assertThatThrownBy(() -> PROCESS.withTimeout(Duration.ZERO)).hasMessageEndingWith("compile.timeout=PT0S");
    }
}
