package dev.cloche.host.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

class SkeletonModuleTest {
    private static byte[] engine() throws IOException {
        try (InputStream in = ModuleSkeleton.class.getResourceAsStream("/dev/cloche/host/engine/script/quickjs.wasm")) {
            return Objects.requireNonNull(in, "the script engine").readAllBytes();
        }
    }

    @Test
    void allButTheBodiesIsWhatTheParserReads() throws IOException {
        byte[] skeleton = ModuleSkeleton.of(engine());
        WasmModule parsed = Parser.parse(skeleton);
        WasmModule read = SkeletonModule.read(skeleton);
        assertThat(read.typeSection()).isEqualTo(parsed.typeSection());
        assertThat(read.importSection()).isEqualTo(parsed.importSection());
        assertThat(read.functionSection()).isEqualTo(parsed.functionSection());
        assertThat(read.tableSection()).isEqualTo(parsed.tableSection());
        assertThat(read.memorySection()).isEqualTo(parsed.memorySection());
        assertThat(read.tagSection()).isEqualTo(parsed.tagSection());
        assertThat(read.globalSection()).isEqualTo(parsed.globalSection());
        assertThat(read.exportSection()).isEqualTo(parsed.exportSection());
        assertThat(read.startSection()).isEqualTo(parsed.startSection());
        assertThat(read.elementSection()).isEqualTo(parsed.elementSection());
        assertThat(read.dataCountSection()).isEqualTo(parsed.dataCountSection());
        assertThat(read.dataSection()).isEqualTo(parsed.dataSection());
        assertThat(read.codeSection().functionBodyCount())
                .isEqualTo(parsed.codeSection().functionBodyCount())
                .isPositive();
    }

    @Test
    void whatIsNoModuleIsRefused() {
        assertThatThrownBy(() -> SkeletonModule.read(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
                .isInstanceOf(WasmEngineException.class);
    }
}
