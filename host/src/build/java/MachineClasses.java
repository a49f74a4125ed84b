import dev.cloche.host.engine.compile.ClassPass;
import dev.cloche.host.engine.compile.EndiveClasses;
import dev.cloche.host.engine.compile.GlobalLayout;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.Map;
import java.util.TreeMap;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// The JVM classes that the script engine is compiled to.
///
/// A function too large for one JVM method fails the build: it would run in Endive's interpreter, which is far slower,
/// and would need its body, which the stripped module no longer has. So does one that HotSpot would not compile.
record MachineClasses(String className, byte[] wasm) {
    /// HotSpot compiles no method whose bytecode is this long or longer (`-XX:-DontCompileHugeMethods` aside).
    static final int HUGE_METHOD_BYTES = 8_000;

    /// Compiles the module; gives class files by their path in a jar.
    Map<String, byte[]> compile() {
        Map<String, byte[]> files = new TreeMap<>();
        classes().forEach((name, bytes) -> files.put(name.replace('.', '/') + ".class", bytes));
        return files;
    }

    private Map<String, byte[]> classes() {
        WasmModule module = Parser.parse(wasm);
        try {
            Map<String, byte[]> classes =
                    EndiveClasses.compile(module, className, true).classes();
            return new ClassPass(className, GlobalLayout.of(module)).apply(classes);
        } catch (WasmEngineException e) {
            throw new BuildFailure("the module cannot be compiled, cause=" + e.getMessage());
        }
    }

    /// The length of the code of each method of the classes that is a function of the module, by its index.
    static Map<Integer, Integer> functionSizes(Iterable<byte[]> classes) {
        Map<Integer, Integer> sizes = new TreeMap<>();
        for (byte[] bytes : classes) {
            for (var method : ClassFile.of().parse(bytes).methods()) {
                String name = method.methodName().stringValue();
                if (name.startsWith("func_")) {
                    method.code()
                            .ifPresent(code -> sizes.put(
                                    Integer.valueOf(name.substring("func_".length())),
                                    ((CodeAttribute) code).codeLength()));
                }
            }
        }
        return sizes;
    }
}
