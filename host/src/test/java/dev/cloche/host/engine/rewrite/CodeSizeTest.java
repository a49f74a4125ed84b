package dev.cloche.host.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import run.endive.compiler.Cache;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.wasm.Parser;

/// Estimated sizes against those of the classes that the engine compiles.
class CodeSizeTest {
    private static final int MODULES = 40;
    private static final int SMALL = 300;
    private static final double TOLERANCE = 0.15;

    @Test
    void estimatesAreNearTheCodeOfCompiledClasses() throws IOException {
        int compared = 0;
        double estimated = 0;
        double compiled = 0;
        var engine = new DifferentialFuzz.Baseline();
        for (long seed = 1; seed <= MODULES; seed++) {
            var generated = ModuleGenerator.generate(seed);
            if (engine.observe(generated) == null) {
                continue;
            }
            byte[] wasm = generated.wasm();
            var module = ModuleModel.parse(wasm);
            var sizes = compiledSizes(wasm);
            for (int function = module.importedFunctions(); function < module.functionCount(); function++) {
                int real = sizes.getOrDefault("func_" + function, 0);
                if (module.decode(function) instanceof Decoded.Tree tree && real > SMALL) {
                    int estimate = CodeSize.of(CodeCosts.ENGINE, tree.body());
                    assertThat((double) estimate / real)
                            .as("estimate=%d, real=%d, seed=%d, function=%d", estimate, real, seed, function)
                            .isBetween(1 - TOLERANCE, 1 + TOLERANCE);
                    compared++;
                    estimated += estimate;
                    compiled += real;
                }
            }
        }
        assertThat(compared).isGreaterThan(MODULES / 2);
        assertThat(estimated / compiled).isBetween(0.95, 1.05);
    }

    private static Map<String, Integer> compiledSizes(byte[] wasm) throws IOException {
        var jar = new CapturedJar();
        MachineFactoryCompiler.builder(Parser.parse(wasm))
                .withClassName("sizes.Machine")
                .withInterpreterFallback(InterpreterFallback.FAIL)
                .withCache(jar)
                .compile();
        var sizes = new HashMap<String, Integer>();
        try (var entries = new JarInputStream(new ByteArrayInputStream(jar.bytes))) {
            for (var entry = entries.getNextJarEntry(); entry != null; entry = entries.getNextJarEntry()) {
                if (entry.getName().contains("FuncGroup")) {
                    for (var method :
                            ClassFile.of().parse(entries.readAllBytes()).methods()) {
                        method.findAttribute(Attributes.code())
                                .ifPresent(code -> sizes.put(method.methodName().stringValue(), code.codeLength()));
                    }
                }
            }
        }
        return sizes;
    }

    private static final class CapturedJar implements Cache {
        private byte[] bytes = {};

        @Override
        public byte @Nullable [] get(String key) {
            return null;
        }

        @Override
        public void putIfAbsent(String key, byte[] data) {
            bytes = data;
        }
    }
}
