package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.extension.Extension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Isolates that come and go in great numbers leave nothing behind: no mapping, no file, no memory.
///
/// The property [#CYCLES] sets how many; the nightly build asks for 100,000.
@Timeout(900)
class SnapshotChurnTest {
    static final String CYCLES = "cloche.test.stamp-cycles";

    private static final int CYCLES_DEFAULT = 20_000;

    /// A script's isolate takes longer.
    private static final int SCRIPT_SHARE = 20;

    /// Cycles until everything has been compiled and learned that will be.
    private static final int WARM_UP_SHARE = 4;

    private static final Path SELF = Path.of("/proc/self");

    /// What the JVM itself may take or give back meanwhile: code, class data, a thread's stack.
    private static final int MAPPINGS_MARGIN = 60;

    private static final int FILES_MARGIN = 10;

    /// An isolate's memory is a MiB at least, so a leak of one in a hundred is seen.
    private static final long RESIDENT_MARGIN_KIB = 160 << 10;

    static Stream<Object[]> all() {
        Bundle wasm = Bundles.wasm(
                WasmBuilder.guest(code(0x41, 0, 0x41, 7, 0x36, 2, 0, 0x41, 0)).build(), ",\"pool\":{\"max-uses\":1}");
        Bundle script = Bundles.script(
                "const kept = new Uint8Array(1 << 20).fill(1); cloche.command('main', () => ++kept[0]);",
                ",\"pool\":{\"max-uses\":1}");
        int cycles = Integer.getInteger(CYCLES, CYCLES_DEFAULT);
        return Stream.of(
                new Object[] {MemorySetting.FOREIGN, wasm, cycles},
                new Object[] {MemorySetting.HEAP, wasm, cycles / SCRIPT_SHARE},
                new Object[] {MemorySetting.FOREIGN, script, cycles / SCRIPT_SHARE},
                new Object[] {MemorySetting.HEAP, script, cycles / SCRIPT_SHARE});
    }

    private record Footprint(long mappings, long files, long residentKib) {
        static Footprint now() throws IOException {
            try (Stream<String> maps = Files.lines(SELF.resolve("maps"));
                    Stream<Path> files = Files.list(SELF.resolve("fd"));
                    Stream<String> status = Files.lines(SELF.resolve("status"))) {
                return new Footprint(
                        maps.count(),
                        files.count(),
                        status.filter(line -> line.startsWith("VmRSS:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                                .findFirst()
                                .orElseThrow());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void stampingAndClosingIsFlat(MemorySetting kind, Bundle bundle, int cycles) throws IOException {
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension extension = extensions.load(bundle);
            long before = extensions.figures().mappings();
            Footprint warm = Footprint.now();
            for (int cycle = 0; cycle < cycles; cycle++) {
                extensions.call(extension, "").payloadOrThrow();
                if (cycle == cycles / WARM_UP_SHARE) {
                    warm = Footprint.now();
                }
            }
            Footprint after = Footprint.now();
            assertThat(after.mappings()).isLessThan(warm.mappings() + MAPPINGS_MARGIN);
            assertThat(after.files()).isLessThan(warm.files() + FILES_MARGIN);
            assertThat(extensions.figures().mappings()).isLessThanOrEqualTo(before);
            if (kind == MemorySetting.FOREIGN) {
                // Heap arrays are garbage until the collector finds it worth its while.
                assertThat(after.residentKib()).isLessThan(warm.residentKib() + RESIDENT_MARGIN_KIB);
            }
            assertThat(extensions.figures().live()).isZero();
            assertThat(extensions.figures().images()).isOne();
            assertThat(extension.making().booted()).isOne();
            // The first one when it was loaded, and one after each lease but the last.
            assertThat(extension.making().stamped()).isEqualTo(cycles);
        }
    }
}
