package dev.cloche.host.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.rewrite.ModuleScan.Excess;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a module has is counted as it lies there, whatever it announces.
class ModuleScanTest {
    private static final int HUGE = 0x7FFF_FFFF;
    private static final byte[] EMPTY = TestModule.body(body -> {});

    private static ModuleScan scan(byte[] module) {
        return ModuleScan.of(module, false);
    }

    private static byte[] function(Consumer<ByteWriter> code) {
        return new TestModule().functions(1, 0, TestModule.body(code)).build();
    }

    @Test
    void aSmallModuleIsWithinAllLimits() {
        var scan = scan(new TestModule().functions(3, 0, EMPTY).build());
        assertThat(scan.excesses()).isEmpty();
        assertThat(scan.amount(ModuleLimit.FUNCTIONS)).isEqualTo(3);
        assertThat(scan.amount(ModuleLimit.INSTRUCTIONS)).isBetween(3L, 100L);
        assertThat(scan.amount(ModuleLimit.LOCALS)).isEqualTo(1);
        assertThat(scan.amount(ModuleLimit.EXPORTS)).isEqualTo(1);
        assertThat(scan.amount(ModuleLimit.NESTING)).isZero();
    }

    @Test
    void theScriptEngineIsWithinAllLimits() throws IOException {
        try (InputStream in = ModuleScan.class.getResourceAsStream("/dev/cloche/host/engine/script/quickjs.wasm")) {
            assertThat(scan(Objects.requireNonNull(in).readAllBytes()).excesses())
                    .isEmpty();
        }
    }

    @Test
    void aRunOfLocalsIsNotUnrolled() {
        assertExceeds(
                new TestModule()
                        .functions(1, 0, TestModule.body(HUGE, WorstModules.I64, body -> {}))
                        .build(),
                ModuleLimit.LOCALS,
                HUGE + 1L);
    }

    @Test
    void heightOfTheStackIsFollowed() {
        var scan = scan(function(body -> {
            for (int i = 0; i < 7; i++) {
                body.u8(Opcodes.LOCAL_GET).u8(0);
            }
            body.u8(Opcodes.BLOCK)
                    .u8(0x40)
                    .u8(Opcodes.LOCAL_GET)
                    .u8(0)
                    .u8(Opcodes.BR)
                    .u8(0)
                    .u8(Opcodes.END);
            for (int i = 0; i < 7; i++) {
                body.u8(Opcodes.DROP);
            }
        }));
        assertThat(scan.amount(ModuleLimit.OPERANDS)).isEqualTo(8);
        assertThat(scan.amount(ModuleLimit.NESTING)).isEqualTo(1);
    }

    @Test
    void typesThatAreEqualCountForEachOther() {
        var module = new TestModule();
        for (int i = 0; i < 9; i++) {
            module.type(new byte[] {WorstModules.I32}, new byte[0]);
        }
        module.functions(5, 3, EMPTY);
        assertThat(scan(module.build()).amount(ModuleLimit.CALL_TARGETS)).isEqualTo(50);
    }

    private static Stream<Object[]> tooLarge() {
        return Stream.of(
                new Object[] {ModuleLimit.FUNCTIONS, new TestModule().functions(above(ModuleLimit.FUNCTIONS), 0, EMPTY)
                },
                new Object[] {ModuleLimit.TYPES, typed(above(ModuleLimit.TYPES))},
                new Object[] {
                    ModuleLimit.PARAMETERS, new TestModule().type(i32s(above(ModuleLimit.PARAMETERS)), new byte[0])
                },
                new Object[] {ModuleLimit.RESULTS, new TestModule().type(new byte[0], i32s(above(ModuleLimit.RESULTS)))
                },
                new Object[] {
                    ModuleLimit.FUNCTION_CODE, coded(body -> body.bytes(nops(above(ModuleLimit.FUNCTION_CODE))))
                },
                new Object[] {
                    ModuleLimit.LOCALS,
                    new TestModule()
                            .functions(1, 0, TestModule.body(above(ModuleLimit.LOCALS), WorstModules.I32, body -> {}))
                },
                new Object[] {ModuleLimit.NESTING, coded(ModuleScanTest::deepBlocks)},
                new Object[] {ModuleLimit.OPERANDS, coded(ModuleScanTest::highStack)},
                new Object[] {ModuleLimit.BRANCH_TABLE, coded(ModuleScanTest::table)},
                new Object[] {ModuleLimit.BRANCH_TABLES, manyTables()},
                new Object[] {ModuleLimit.FUNCTION_FRAMES, wideFrames()});
    }

    private static int above(ModuleLimit limit) {
        return WorstModules.max(limit) + 1;
    }

    private static void deepBlocks(ByteWriter body) {
        for (int i = 0; i < above(ModuleLimit.NESTING); i++) {
            body.u8(Opcodes.BLOCK).u8(0x40);
        }
        for (int i = 0; i < above(ModuleLimit.NESTING); i++) {
            body.u8(Opcodes.END);
        }
    }

    private static void highStack(ByteWriter body) {
        for (int i = 0; i < above(ModuleLimit.OPERANDS); i++) {
            body.u8(Opcodes.LOCAL_GET).u8(0);
        }
        body.u8(Opcodes.UNREACHABLE);
    }

    private static TestModule manyTables() {
        int functions = 1 + WorstModules.max(ModuleLimit.BRANCH_TABLES) / WorstModules.max(ModuleLimit.BRANCH_TABLE);
        return new TestModule().functions(functions, 0, TestModule.body(ModuleScanTest::largestTable));
    }

    private static TestModule wideFrames() {
        int locals = WorstModules.max(ModuleLimit.LOCALS) - 1;
        int branches = above(ModuleLimit.FUNCTION_FRAMES) / (2 * locals) + 1;
        return new TestModule().functions(1, 0, TestModule.body(locals, WorstModules.I64, body -> {
            for (int i = 0; i < branches; i++) {
                body.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.BR_IF).u8(0);
            }
        }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tooLarge")
    void whatIsTooLargeIsFound(ModuleLimit limit, TestModule module) {
        assertThat(scan(module.build()).excesses()).extracting(Excess::limit).contains(limit);
    }

    @Test
    void eachLimitHasALabelAUnitAndAMeaningOfItsOwn() {
        assertThat(EnumSet.allOf(ModuleLimit.class))
                .extracting(ModuleLimit::label)
                .doesNotHaveDuplicates();
        assertThat(EnumSet.allOf(ModuleLimit.class))
                .extracting(ModuleLimit::meaning)
                .doesNotHaveDuplicates();
        assertThat(EnumSet.allOf(ModuleLimit.class))
                .allSatisfy(limit -> assertThat(limit.maximum(true)).isGreaterThanOrEqualTo(limit.maximum(false)));
    }

    @Test
    void aTotalIsReportedOnceAndAPartEachTime() {
        byte[] locals = TestModule.body(WorstModules.max(ModuleLimit.LOCALS), WorstModules.I32, body -> {});
        assertThat(scan(new TestModule().functions(3, 0, locals).build()).excesses())
                .extracting(Excess::where)
                .containsExactly("func[0]", "func[1]", "func[2]");
        assertThat(scan(new TestModule().functions(1_000, 0, locals).build()).excesses())
                .hasSize(ModuleScan.EXCESSES_MAX);
    }

    @Test
    void aModuleThatIsCutShortIsMalformed() {
        byte[] module = new TestModule().functions(3, 0, EMPTY).build();
        for (int length = 0; length < module.length; length++) {
            byte[] cut = Arrays.copyOf(module, length);
            try {
                scan(cut);
            } catch (RewriteException e) {
                assertThat(e).hasMessageMatching(".*[a-z]=\\S+");
            }
        }
    }

    /// Whatever the bytes, the scan ends with an answer, and without room for what they announce.
    @Test
    void anyBytesGiveAnAnswer() {
        long seed = 20_260_101;
        var random = new Random(seed);
        List<byte[]> modules = List.of(
                new TestModule().functions(3, 0, EMPTY).build(),
                new TestModule().entities().functions(2, 0, EMPTY).build(),
                function(ModuleScanTest::largestTable));
        for (int run = 0; run < 3_000; run++) {
            byte[] module = modules.get(random.nextInt(modules.size())).clone();
            int reach = Math.min(module.length, 400);
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = 8 + random.nextInt(reach - 8);
                if (random.nextBoolean()) {
                    module[at] = (byte) random.nextInt();
                } else {
                    Arrays.fill(module, at, Math.min(at + 4, module.length), (byte) 0xFF);
                }
            }
            try {
                assertThat(scan(module).excesses()).hasSizeLessThanOrEqualTo(ModuleScan.EXCESSES_MAX);
            } catch (RewriteException e) {
                assertThat(e).as("seed=%d run=%d", seed, run).hasMessageMatching("(?s).*[a-z]=\\S+");
            }
        }
    }

    @Test
    void whatIsNoModuleIsMalformed() {
        assertThatThrownBy(() -> scan(new byte[] {1, 2, 3}))
                .isInstanceOf(RewriteException.class)
                .hasMessage("not a WebAssembly module of version 1, offset=0");
    }

    private static void assertExceeds(byte[] module, ModuleLimit limit, long amount) {
        assertThat(scan(module).excesses()).singleElement().satisfies(excess -> {
            assertThat(excess.limit()).isEqualTo(limit);
            assertThat(excess.amount()).isEqualTo(amount);
            assertThat(excess.maximum()).isEqualTo(limit.maximum(false));
            assertThat(excess.where()).isEqualTo("func[0]");
            assertThat(module[excess.offset()]).isEqualTo((byte) 1);
        });
    }

    private static TestModule coded(Consumer<ByteWriter> code) {
        return new TestModule().functions(1, 0, TestModule.body(code));
    }

    private static TestModule typed(int types) {
        var module = new TestModule();
        for (int i = 1; i < types; i++) {
            module.type(new byte[0], new byte[0]);
        }
        return module;
    }

    private static void table(ByteWriter body) {
        int labels = WorstModules.max(ModuleLimit.BRANCH_TABLE);
        body.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.BR_TABLE).u32(labels).bytes(new byte[labels + 1]);
    }

    private static void largestTable(ByteWriter body) {
        int labels = WorstModules.max(ModuleLimit.BRANCH_TABLE) - 1;
        body.u8(Opcodes.LOCAL_GET).u8(0).u8(Opcodes.BR_TABLE).u32(labels).bytes(new byte[labels + 1]);
    }

    private static byte[] i32s(int count) {
        byte[] types = new byte[count];
        Arrays.fill(types, (byte) WorstModules.I32);
        return types;
    }

    private static byte[] nops(int count) {
        byte[] nops = new byte[count];
        Arrays.fill(nops, (byte) Opcodes.NOP);
        return nops;
    }
}
