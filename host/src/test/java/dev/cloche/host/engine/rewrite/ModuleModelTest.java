package dev.cloche.host.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import run.endive.wasm.Parser;

/// Reading and writing modules. The mutations can be replayed with `-Dcloche.fuzz.seed=N`.
class ModuleModelTest {
    private static final int MODULES = 60;
    private static final int MUTATIONS = 150;

    @Test
    void unchangedModuleIsWrittenByteByByte() {
        for (long seed = 1; seed <= MODULES; seed++) {
            byte[] wasm = generated(seed);
            assertThat(ModuleModel.parse(wasm).encode()).isEqualTo(wasm);
        }
    }

    @Test
    void theScriptEngineIsWrittenByteByByte() throws IOException {
        try (InputStream in = ModuleModel.class.getResourceAsStream("/dev/cloche/host/engine/script/quickjs.wasm")) {
            assertThat(in).as("the script engine on the class path").isNotNull();
            byte[] wasm = in.readAllBytes();
            assertThat(ModuleModel.parse(wasm).encode()).isEqualTo(wasm);
        }
    }

    @Test
    void everyFunctionBecomesTheSameTreeAgain() {
        for (long seed = 1; seed <= MODULES; seed++) {
            var module = ModuleModel.parse(generated(seed));
            for (int function = module.importedFunctions(); function < module.functionCount(); function++) {
                module.define(function, tree(module, function));
            }
            byte[] once = module.encode();
            Parser.parse(once);
            var again = ModuleModel.parse(once);
            for (int function = again.importedFunctions(); function < again.functionCount(); function++) {
                again.define(function, tree(again, function));
            }
            assertThat(again.encode()).isEqualTo(once);
        }
    }

    @Test
    void whatIsAddedComesBehindWhatIsThere() {
        var module = ModuleModel.parse(generated(5));
        int globals = module.globals().size();
        int functions = module.functionCount();
        var type = new Signature(List.of(ValueType.F64, ValueType.I32), List.of(ValueType.F32));
        int function = module.declare(type);
        var body = new Body(type, type.params(), new Block(Block.Kind.BLOCK, type));
        body.root().body().add(Instructions.UNREACHABLE);
        module.define(function, body);
        int global = module.addGlobal(ValueType.F64);

        var again = ModuleModel.parse(module.encode());
        assertThat(function).isEqualTo(functions);
        assertThat(again.functionCount()).isEqualTo(functions + 1);
        assertThat(again.functionType(function)).isEqualTo(type);
        assertThat(global).isEqualTo(globals);
        assertThat(again.globals().get(global)).isEqualTo(new GlobalType(ValueType.F64, true));
        assertThat(Parser.parse(module.encode())).isNotNull();
    }

    @Test
    void sectionsThatAreMissingAreAddedInOrder() {
        var module = ModuleModel.parse(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        int function = module.declare(Signature.NONE);
        module.define(function, new Body(Signature.NONE, List.of(), Block.plain()));
        module.addGlobal(ValueType.I64);
        assertThat(Parser.parse(module.encode()).functionSection().functionCount())
                .isEqualTo(1);
    }

    @Test
    void unknownInstructionsAreReportedNotRefused() {
        byte[] wasm = new ByteWriter()
                .bytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0})
                .u8(Section.TYPE)
                .sized(new byte[] {1, 0x60, 0, 0})
                .u8(Section.FUNCTION)
                .sized(new byte[] {1, 0})
                .u8(Section.CODE)
                .sized(new byte[] {1, 4, 0, (byte) 0xFE, 3, 0x0B})
                .toByteArray();
        assertThat(ModuleModel.parse(wasm).decode(0)).isEqualTo(new Decoded.Opaque("atomics, opcode=0xfe"));
    }

    @Test
    void blocksThatAreNestedTooDeepAreReported() {
        String text = "block ".repeat(BodyDecoder.DEPTH_MAX) + "end ".repeat(BodyDecoder.DEPTH_MAX);
        var module = ModuleModel.parse(
                Assembler.module(Signature.NONE, List.of(), text).wasm());
        assertThat(module.decode(1)).isEqualTo(new Decoded.Opaque("blocks nested too deep, max=1000"));
    }

    @Test
    void whatIsNoModuleIsRefused() {
        assertThatThrownBy(() -> ModuleModel.parse(new byte[] {1, 2, 3}))
                .isInstanceOf(RewriteException.class)
                .hasMessage("not a WebAssembly module of version 1, offset=0");
        byte[] cut = Arrays.copyOf(generated(1), 100);
        assertThatThrownBy(() -> ModuleModel.parse(cut))
                .isInstanceOf(RewriteException.class)
                .hasMessageContaining("offset=");
    }

    @Test
    void onlyRewriteExceptionsComeOutOfMutatedModules() {
        var random = new Random(Long.getLong("cloche.fuzz.seed", 1));
        int refused = 0;
        for (long seed = 1; seed <= MODULES; seed++) {
            byte[] wasm = generated(seed);
            for (int i = 0; i < MUTATIONS; i++) {
                refused += isRefused(mutated(wasm, random)) ? 1 : 0;
            }
        }
        assertThat(refused).isGreaterThan(MODULES * MUTATIONS / 2);
    }

    private static boolean isRefused(byte[] wasm) {
        try {
            new SplitPass(FuzzOptions.pick(wasm.length)).run(wasm);
            return false;
        } catch (RewriteException e) {
            assertThat(e.getMessage()).contains("=");
            return true;
        }
    }

    private static byte[] mutated(byte[] wasm, Random random) {
        byte[] copy = random.nextInt(10) == 0 ? Arrays.copyOf(wasm, random.nextInt(wasm.length)) : wasm.clone();
        for (int i = random.nextInt(4); i >= 0 && copy.length > 0; i--) {
            int at = random.nextInt(copy.length);
            copy[at] = (byte) (random.nextBoolean() ? random.nextInt() : copy[at] ^ 1 << random.nextInt(8));
        }
        return copy;
    }

    private static Body tree(ModuleModel module, int function) {
        return ((Decoded.Tree) module.decode(function)).body();
    }

    private static byte[] generated(long seed) {
        return ModuleGenerator.generate(seed).wasm();
    }
}
