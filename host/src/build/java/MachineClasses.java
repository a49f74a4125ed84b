import dev.cloche.host.engine.compile.ClassPass;
import dev.cloche.host.engine.compile.EndiveClasses;
import dev.cloche.host.engine.compile.GlobalLayout;
import dev.cloche.host.engine.compile.ModuleSplit;
import dev.cloche.host.engine.rewrite.FuelGlobals;
import dev.cloche.host.engine.rewrite.FuelPass;
import java.util.Map;
import java.util.TreeMap;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// The JVM classes that the script engine is compiled to, and the module they were compiled from.
///
/// A function too large for one JVM method fails the build: it would run in Endive's interpreter, which is far slower,
/// and would need its body, which the stripped module no longer has. So does one that HotSpot would not compile.
///
/// @param wasm the engine's module after all passes
/// @param fuel where it counts its fuel
/// @param files class files by their path in a jar
record MachineClasses(byte[] wasm, FuelGlobals fuel, Map<String, byte[]> files) {

    /// Splits and compiles a module.
    static MachineClasses of(String mainClass, byte[] original) {
        try {
            FuelPass.Result counted = FuelPass.run(original);
            ModuleSplit split = ModuleSplit.of(counted.wasm(), wasm -> classes(mainClass, wasm, counted.globals()));
            if (!split.huge().isEmpty()) {
                throw new BuildFailure("methods are too long for HotSpot's compilers, limit="
                        + ModuleSplit.HUGE_METHOD_BYTES + " methods=" + split.huge());
            }
            Map<String, byte[]> files = new TreeMap<>();
            split.classes().forEach((name, bytes) -> files.put(name.replace('.', '/') + ".class", bytes));
            return new MachineClasses(split.wasm(), counted.globals(), files);
        } catch (WasmEngineException e) {
            throw new BuildFailure("the module cannot be compiled, cause=" + e.getMessage());
        }
    }

    private static Map<String, byte[]> classes(String mainClass, byte[] wasm, FuelGlobals fuel) {
        WasmModule module = Parser.parse(wasm);
        return new ClassPass(mainClass, GlobalLayout.of(module, fuel))
                .apply(EndiveClasses.compile(module, mainClass).classes());
    }
}
