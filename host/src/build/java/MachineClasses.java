import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarInputStream;
import run.endive.compiler.Cache;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;

/// The JVM classes that a WebAssembly module is compiled to.
///
/// A function too large for one JVM method fails the build: it would run in Endive's interpreter, which is far slower,
/// and would need its body, which the stripped module no longer has.
record MachineClasses(String className, byte[] wasm) {

    /// Compiles the module; gives class files by their path in a jar.
    Map<String, byte[]> compile() throws IOException {
        var jar = new CapturedJar();
        try {
            // The compiler defines and verifies the classes before it hands them to its cache.
            MachineFactoryCompiler.builder(Parser.parse(wasm))
                    .withClassName(className)
                    .withInterpreterFallback(InterpreterFallback.FAIL)
                    .withCache(jar)
                    .compile();
        } catch (WasmEngineException e) {
            throw new BuildFailure("the module cannot be compiled, cause=" + e.getMessage());
        }
        return jar.classes();
    }

    /// Takes the place of the compiler's cache to get at the classes.
    private static final class CapturedJar implements Cache {
        private byte[] jar = {};

        @Override
        public byte[] get(String key) {
            return null;
        }

        @Override
        public void putIfAbsent(String key, byte[] data) {
            jar = data;
        }

        Map<String, byte[]> classes() throws IOException {
            var classes = new TreeMap<String, byte[]>();
            try (var entries = new JarInputStream(new ByteArrayInputStream(jar))) {
                for (var entry = entries.getNextJarEntry(); entry != null; entry = entries.getNextJarEntry()) {
                    if (entry.getName().endsWith(".class")) {
                        classes.put(entry.getName(), entries.readAllBytes());
                    }
                }
            }
            return classes;
        }
    }
}
