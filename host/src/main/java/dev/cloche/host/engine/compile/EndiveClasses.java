package dev.cloche.host.engine.compile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
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

    /// Compiles a module.
    ///
    /// @param mainClass the binary name of the machine's class
    /// @param whole whether a function that is too large is an error
    /// @throws WasmEngineException if the module cannot be compiled
    public static EndiveClasses compile(WasmModule module, String mainClass, boolean whole) {
        CompilerResult result = Compiler.builder(module)
                .withClassName(mainClass)
                .withInterpreterFallback(whole ? InterpreterFallback.FAIL : InterpreterFallback.SILENT)
                .withClassCollectorFactory(Collected::new)
                .build()
                .compile();
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
