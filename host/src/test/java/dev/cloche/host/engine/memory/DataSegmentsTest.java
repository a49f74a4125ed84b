package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.Instance;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.Parser;
import run.endive.wasm.UninstantiableException;
import run.endive.wasm.WasmModule;

/// Modules with data segments on the engine itself, interpreted and compiled.
class DataSegmentsTest {
    /*
     * (module (memory (export "memory") 1 4)
     *   (global $g (mut i32) (i32.const 7))
     *   (data (i32.const 8) "active")
     *   (data $p "passive")
     *   (func (export "init") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.init $p)
     *   (func (export "initActive") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.init 0)
     *   (func (export "drop") data.drop $p)
     *   (func (export "fill") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.fill)
     *   (func (export "copy") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.copy)
     *   (func (export "load") (param i32) (result i32) local.get 0 i32.load offset=4)
     *   (func (export "store") (param i32 i32) local.get 0 local.get 1 i32.store offset=4)
     *   (func (export "grow") (param i32) (result i32) local.get 0 memory.grow))
     */
    private static final WasmModule MODULE = parse(
            "0061736d0100000001140460037f7f7f0060000060017f017f60027f7f0003090800000100000203",
            "020504010101040606017f0141070b074909066d656d6f7279020004696e697400000a696e697441",
            "637469766500010464726f7000020466696c6c000304636f70790004046c6f616400050573746f72",
            "6500060467726f7700070c01020a53080c00200020012002fc0801000b0c00200020012002fc0800",
            "000b0500fc09010b0b00200020012002fc0b000b0c00200020012002fc0a00000b07002000280204",
            "0b0900200020013602040b0600200040000b0b15020041080b066163746976650107706173736976",
            "65");

    // (module (memory 1) (data (i32.const 65533) "active"))
    private static final WasmModule TOO_FAR = parse("0061736d0100000005030100010b0e010041fdff030b06616374697665");

    private static final long CAP = 4L * PAGE;

    private static WasmModule parse(String... hex) {
        return Parser.parse(HexFormat.of().parseHex(String.join("", hex)));
    }

    private static Instance instance(WasmModule module, boolean compiled, UnaryOperator<Instance.Builder> withMemory) {
        Instance.Builder builder = Instance.builder(module);
        if (compiled) {
            builder.withMachineFactory(MachineFactoryCompiler.compile(module));
        }
        return withMemory.apply(builder).build();
    }

    private static Instance fresh(MemoryKind kind, boolean compiled) {
        Memories memories = kind.memories();
        return instance(
                MODULE, compiled, builder -> builder.withMemoryFactory(limits -> memories.allocate(limits, CAP, 0)));
    }

    private static void call(Instance instance, String function, long... arguments) {
        instance.export(function).apply(arguments);
    }

    private static LinearMemory memory(Instance instance) {
        return (LinearMemory) instance.memory();
    }

    private static String text(Instance instance, int address, int size) {
        return new String(instance.memory().readBytes(address, size), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({"HEAP, false", "HEAP, true", "SCAN, false", "SCAN, true"})
    void activeSegmentsAreWrittenAndDroppedAndPassiveOnesUntilToldTo(MemoryKind kind, boolean compiled) {
        Instance instance = fresh(kind, compiled);
        try (LinearMemory memory = memory(instance)) {
            assertThat(text(instance, 8, 6)).isEqualTo("active");
            assertThat(memory.droppedSegments()).containsExactly(true, false);
            call(instance, "init", 100, 1, 6);
            assertThat(text(instance, 100, 6)).isEqualTo("assive");
            call(instance, "init", PAGE, 7, 0);
            assertTrap(instance, "init", 0, 2, 6);
            assertTrap(instance, "init", PAGE - 5, 0, 6);
            assertTrap(instance, "init", PAGE + 1, 0, 0);
            assertTrap(instance, "init", 0, 8, 0);
            assertTrap(instance, "init", 0, -1, 1);
            assertTrap(instance, "init", 0, 0, -1);
            assertTrap(instance, "initActive", 0, 0, 1);
            call(instance, "initActive", 0, 0, 0);
            call(instance, "drop");
            assertThat(memory.droppedSegments()).containsExactly(true, true);
            assertTrap(instance, "init", 0, 0, 1);
            call(instance, "init", 0, 0, 0);
            assertThat(text(instance, 100, 6)).isEqualTo("assive");
        }
    }

    private static void assertTrap(Instance instance, String function, long... arguments) {
        assertThatThrownBy(() -> call(instance, function, arguments))
                .isInstanceOf(WasmRuntimeException.class)
                .hasMessageStartingWith("out of bounds memory access");
    }

    @ParameterizedTest
    @CsvSource({"HEAP, false", "HEAP, true", "SCAN, false", "SCAN, true"})
    void theEnginesOwnInstructionsMeetTheSameBounds(MemoryKind kind, boolean compiled) {
        Instance instance = fresh(kind, compiled);
        try (LinearMemory memory = memory(instance)) {
            call(instance, "store", PAGE - 8, 42);
            assertThat(instance.export("load").apply(PAGE - 8)).containsExactly(42);
            assertTrap(instance, "store", PAGE - 7, 1);
            assertTrap(instance, "load", -1);
            assertTrap(instance, "load", Integer.MAX_VALUE);
            assertTrap(instance, "fill", PAGE - 1, 1, 2);
            assertTrap(instance, "fill", PAGE, 1, -1);
            assertTrap(instance, "copy", 0, PAGE - 1, 2);
            assertTrap(instance, "copy", -1, 0, 0);
            call(instance, "fill", PAGE, 1, 0);
            assertThat(instance.export("grow").apply(3)).containsExactly(1);
            assertThat((int) instance.export("grow").apply(1)[0]).isEqualTo(-1);
            call(instance, "fill", 2 * PAGE, 5, 2 * PAGE);
            assertThat(memory.readBytes(2 * PAGE, 2 * PAGE)).containsOnly(5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSegmentThatDoesNotFitKeepsTheModuleFromStarting(MemoryKind kind) {
        Memories memories = kind.memories();
        LinearMemory[] made = new LinearMemory[1];
        assertThatThrownBy(() -> instance(
                        TOO_FAR,
                        false,
                        builder -> builder.withMemoryFactory(limits -> {
                            made[0] = memories.allocate(limits, CAP, 0);
                            return made[0];
                        })))
                .isInstanceOf(UninstantiableException.class)
                .hasMessage("out of bounds memory access: segment=0 address=65533 size=6 limit=65536");
        made[0].close();
        assertThat(memories.figures().live()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void theEngineLeavesAStampedMemoryAloneAndItsSegmentsComeBackByReset(MemoryKind kind) {
        Instance original = fresh(kind, false);
        LinearMemory first = memory(original);
        first.writeCString(8, "changed");
        call(original, "grow", 1);
        try (MemoryImage image = first.capture()) {
            first.close();
            Instance instance =
                    instance(MODULE, false, builder -> builder.withMemoryFactory(limits -> image.stamp(limits, CAP)));
            try (LinearMemory memory = memory(instance)) {
                assertThat(memory.readCString(8)).isEqualTo("changed");
                assertThat(memory.pages()).isEqualTo(2);
                assertThat(memory.droppedSegments()).containsExactly(true, false);
                call(instance, "drop");
                assertTrap(instance, "init", 0, 0, 1);
                MemoryKind.reset(memory);
                assertThat(memory.droppedSegments()).containsExactly(true, false);
                call(instance, "init", 200, 0, 7);
                assertThat(text(instance, 200, 7)).isEqualTo("passive");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasDroppedBeforeTheImageStaysDropped(MemoryKind kind) {
        Instance original = fresh(kind, false);
        call(original, "drop");
        try (LinearMemory first = memory(original);
                MemoryImage image = first.capture()) {
            Instance instance =
                    instance(MODULE, false, builder -> builder.withMemoryFactory(limits -> image.stamp(limits, CAP)));
            try (LinearMemory memory = memory(instance)) {
                assertThat(memory.droppedSegments()).containsExactly(true, true);
                MemoryKind.reset(memory);
                assertTrap(instance, "init", 0, 0, 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anImageOfAnotherModuleIsRefused(MemoryKind kind) {
        try (LinearMemory other = kind.allocate(1, 4);
                MemoryImage image = other.capture();
                LinearMemory stamped = image.stamp(new run.endive.wasm.types.MemoryLimits(1, 4), CAP)) {
            assertThatThrownBy(() -> instance(MODULE, false, builder -> builder.withMemoryFactory(limits -> stamped)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the image is of another module, segments=2 in-image=0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void zeroingAMemoryInUseClearsIt(MemoryKind kind) {
        Instance instance = fresh(kind, false);
        try (LinearMemory memory = memory(instance)) {
            memory.zero();
            assertThat(memory.readBytes(0, PAGE)).containsOnly(0);
        }
    }
}
