package dev.cloche.host;

import static dev.cloche.host.WasmBuilder.I32;
import static dev.cloche.host.WasmBuilder.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.engine.rewrite.ModuleLimit;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A module that is too large, or has what there is no budget for, is refused at the door.
class ModuleLimitsTest {
    private static final byte[] OK = code(0x41, 0);

    /// `locals (i64 x 2^31 - 1)`, in place of a body's empty list of locals.
    private static final byte[] LOCALS = code(1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x7E);

    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aModuleWithTooManyLocalsIsRefusedWithWhatWhereAndHowMany() {
        byte[] module = module(
                List.of(code(0x60, 0, 0)),
                List.of(section(3, 1, code(0)), section(10, 1, sized(join(LOCALS, code(0x0B))))));
        Bundle bundle = Bundles.wasm(module);
        BundleException refusal = catchThrowableOfType(BundleException.class, () -> host.load(bundle));
        assertThat(refusal.violations())
                .containsExactly(new Violation(
                        "file:main.wasm",
                        "func[0] has 2147483647 locals, the limit for parameters and locals of one function is "
                                + ModuleLimit.LOCALS.maximum(false) + ", limit=locals offset=" + (module.length - 8),
                        ModuleLimit.LOCALS.hint()));
        assertThat(host.check(bundle)).isEqualTo(refusal.violations());
        assertThatThrownBy(() -> host.inspect(bundle)).hasMessage(refusal.getMessage());
    }

    @Test
    void everythingInWhichAModuleIsTooLargeIsSaid() {
        byte[] locals = sized(join(LOCALS, code(0x0B)));
        byte[] module = module(
                List.of(code(0x60, 0, 0)), List.of(section(3, 2, code(0, 0)), section(10, 2, join(locals, locals))));
        assertThat(host.check(Bundles.wasm(module)))
                .extracting(Violation::message)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("func[0] has "),
                        second -> assertThat(second).startsWith("func[1] has "));
    }

    /// Bytes of types, of a section behind the functions' types, of a body.
    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
            a structure,            5F 01 7F 00, '',            '',           uses garbage-collected types
            an array,               5E 7F 00,    '',            '',           uses garbage-collected types
            an exception,           60 00 00,    0D 03 01 00 01, '',          uses exception handling
            shared memory,          60 00 00,    05 04 01 03 01 01, '',       uses shared memory
            two memories,           60 00 00,    05 05 02 00 01 00 01, '',    has 2 memories
            """)
    void whatHasNoBudgetIsRefused(String what, String type, String section, String body, String message) {
        byte[] module = module(
                List.of(code(0x60, 0, 0), hex(type)),
                List.of(
                        section(3, 1, code(0)),
                        hex(section),
                        section(10, 1, sized(join(code(0), hex(body), code(0x0B))))));
        assertThat(host.check(Bundles.wasm(module)))
                .extracting(Violation::message)
                .anySatisfy(each -> assertThat(each).contains(message));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "atomics, FE 03 00, atomics",
        "vectors, FD 0C 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 1A, vectors",
        "a typed reference, D0 70 D4 1A, typed references",
        "a try of old, 06 40 0B, illegal opcode",
        "a try with a table, 1F 40 00 0B, exception handling"
    })
    void instructionsWithoutABudgetAreRefused(String what, String instructions, String message) {
        byte[] module = WasmBuilder.guest(join(hex(instructions), OK)).build();
        assertThat(host.check(Bundles.wasm(module)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.message())
                        .matches("(is not a valid WebAssembly module|cannot be made to count its fuel): .*")
                        .containsIgnoringCase(message));
    }

    @Test
    void memoryOf64BitsIsRefused() {
        byte[] module = new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .memory("memory", code(4, 1))
                .function("cloche_alloc", List.of(I32), List.of(I32), OK)
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), OK)
                .build();
        assertThat(host.check(Bundles.wasm(module)))
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .contains("invalid memory limit: 4");
    }

    private static byte[] hex(String text) {
        return text.isBlank()
                ? new byte[0]
                : java.util.HexFormat.ofDelimiter(" ").parseHex(text);
    }

    /// Whatever is done to a module's bytes, the answer is a list of what is wrong, never an error of another kind.
    @Test
    void damagedModulesAreRefusedWithViolations() {
        byte[] good = WasmBuilder.guest(OK)
                .table(2)
                .data(16, "text")
                .function("more", List.of(I32), List.of(I32), code(0x20, 0, 0x41, 1, 0x6A))
                .build();
        assertThat(host.check(Bundles.wasm(good))).isEmpty();
        long seed = 5;
        var random = new Random(seed);
        for (int run = 0; run < 120; run++) {
            boolean cut = run < 40;
            byte[] damaged = cut ? Arrays.copyOf(good, 8 + run * (good.length - 8) / 40) : good.clone();
            if (!cut) {
                int at = 8 + random.nextInt(good.length - 8);
                if (random.nextBoolean()) {
                    damaged[at] ^= (byte) (1 << random.nextInt(8));
                } else {
                    Arrays.fill(damaged, at, Math.min(at + 4, good.length), (byte) 0xFF);
                }
            }
            assertThat(host.check(Bundles.wasm(damaged)))
                    .as("seed=%d run=%d", seed, run)
                    .allSatisfy(violation -> assertThat(violation.pointer()).isEqualTo("file:main.wasm"));
        }
    }

    private static byte[] module(List<byte[]> types, List<byte[]> sections) {
        return join(
                code(0, 'a', 's', 'm', 1, 0, 0, 0),
                section(1, types.size(), join(types.toArray(byte[][]::new))),
                join(sections.toArray(byte[][]::new)));
    }

    private static byte[] section(int id, int count, byte[] items) {
        return join(code(id), sized(join(code(count), items)));
    }

    private static byte[] sized(byte[] bytes) {
        return join(code(bytes.length), bytes);
    }

    private static byte[] join(byte[]... parts) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
