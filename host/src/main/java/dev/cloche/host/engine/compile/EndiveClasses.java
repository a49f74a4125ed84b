package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.rewrite.FunctionSizes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.internal.ClassCollector;
import run.endive.compiler.internal.Compiler;
import run.endive.compiler.internal.CompilerResult;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// The JVM classes that Endive makes of a module, as it makes them.
///
/// @param classes class files by binary name
/// @param interpreted indices of functions too large for a JVM method, which Endive's interpreter runs
public record EndiveClasses(Map<String, byte[]> classes, Set<Integer> interpreted) {

    /// Estimated bytes of JVM code above which a function is taken to be too large for one method: at first, and when
    /// one that was not has turned out to be. The most that a method may have is 65,535, and estimates are off by a
    /// fifth.
    private static final int[] TOO_LARGE_BYTES = {100_000, 50_000, 30_000};

    /// Compiles a module, of which functions that are too large for a JVM method are left to the interpreter.
    ///
    /// @param wasm the same module as bytes
    /// @param mainClass the binary name of the machine's class
    /// @throws WasmEngineException if the module cannot be compiled
    public static EndiveClasses compile(WasmModule module, byte[] wasm, String mainClass) {
        // Left alone, the engine would begin anew for each function that it finds to be too large.
        Set<Integer> interpreted = Set.of();
        WasmEngineException last = null;
        for (int bytes : TOO_LARGE_BYTES) {
            Set<Integer> before = interpreted;
            interpreted = FunctionSizes.above(wasm, bytes);
            if (last != null && interpreted.equals(before)) {
                break;
            }
            try {
                return compile(module, mainClass, interpreted);
            } catch (WasmEngineException e) {
                last = e;
            }
        }
        throw Objects.requireNonNull(last);
    }

    /// Compiles the whole module.
    ///
    /// @param mainClass the binary name of the machine's class
    /// @throws WasmEngineException if the module cannot be compiled, or has functions that are too large
    public static EndiveClasses compile(WasmModule module, String mainClass) {
        return compile(module, mainClass, Set.of());
    }

    private static EndiveClasses compile(WasmModule module, String mainClass, Set<Integer> interpreted) {
        CompilerResult result;
        try {
            result = Compiler.builder(module)
                    .withClassName(mainClass)
                    .withInterpreterFallback(InterpreterFallback.FAIL)
                    .withInterpretedFunctions(interpreted)
                    .withClassCollectorFactory(Collected::new)
                    .build()
                    .compile();
        } catch (IndexOutOfBoundsException e) {
            // What a writer of classes throws that has no room for a method or a constant.
            throw new WasmEngineException("the compiled classes are too large", e);
        }
        Map<String, byte[]> classes = new TreeMap<>();
        result.classBytes().forEach((name, bytes) -> classes.put(name.replace('/', '.'), bytes));
        return new EndiveClasses(Collections.unmodifiableMap(classes), result.interpretedFunctions());
    }

    /// Keeps the classes without defining them: they are rewritten before they run.
    private static final class Collected implements ClassCollector {
        private final Map<String, byte[]> classes = new TreeMap<>();
        private String mainClass = "";

        @Override
        public String mainClassName() {
            return mainClass;
        }

        @Override
        public void putMainClass(String className, byte[] bytes) {
            mainClass = className;
            classes.put(className, bytes);
        }

        @Override
        public void put(String name, byte[] data) {
            classes.put(name, data);
        }

        @Override
        public void putAll(ClassCollector collector) {
            classes.putAll(collector.classBytes());
        }

        @Override
        public Map<String, byte[]> classBytes() {
            return classes;
        }

        @Override
        public byte[] resolve(Class<?> type) {
            String resource = "/" + type.getName().replace('.', '/') + ".class";
            try (InputStream in = type.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new WasmEngineException("a class of the compiler is missing, class=" + type.getName());
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException("a class of the compiler cannot be read, class=" + type.getName(), e);
            }
        }
    }
}
