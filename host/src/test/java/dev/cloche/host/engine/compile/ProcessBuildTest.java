package dev.cloche.host.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.cache.ClassesCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import run.endive.wasm.WasmEngineException;

/// An answer of a process that compiles is taken only if it is one.
class ProcessBuildTest {
    private static final byte[] FUEL = "none".getBytes(StandardCharsets.UTF_8);

    private static byte[] answer(Map<String, byte[]> files) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write(CompileProcess.CLASSES);
        new ClassesCodec().write(files, out);
        return out.toByteArray();
    }

    @Test
    void aFileThatWasNotAskedForIsRefused() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("java.lang.String", new byte[] {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0});
        byte[] answer = answer(files);
        assertThatThrownBy(() -> ProcessBuild.classes(answer))
                .isInstanceOf(CompileFailedException.class)
                .hasMessageEndingWith("file=java.lang.String");
    }

    @Test
    void anAnswerWithoutItsModuleIsRefused() throws IOException {
        byte[] answer = answer(Map.of(ModuleCompiler.FUEL_FILE, FUEL));
        assertThatThrownBy(() -> ProcessBuild.classes(answer))
                .isInstanceOf(CompileFailedException.class)
                .hasMessageContaining("the module is missing");
    }

    @Test
    void garbageIsRefused() {
        long seed = 11;
        var random = new Random(seed);
        for (int run = 0; run < 2_000; run++) {
            byte[] answer = new byte[1 + random.nextInt(64)];
            random.nextBytes(answer);
            answer[0] = (byte) random.nextInt(5);
            assertThatThrownBy(() -> ProcessBuild.classes(answer))
                    .as("seed=%d run=%d", seed, run)
                    .isInstanceOfAny(CompileFailedException.class, WasmEngineException.class);
        }
    }

    @Test
    void theProcessIsStartedAsThisOneWas() {
        assertThat(ProcessBuild.command(64L << 20))
                .contains("-Xmx67108864", "-XX:+ExitOnOutOfMemoryError", System.getProperty("java.class.path"))
                .last()
                .isEqualTo(CompileProcess.class.getName());
    }
}
