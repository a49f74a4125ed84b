package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.rewrite.FuelGlobals;
import dev.cloche.host.engine.rewrite.FuelPass;
import dev.cloche.host.engine.rewrite.RewriteException;
import dev.cloche.host.engine.rewrite.UncountableException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.endive.wasm.InvalidException;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// Makes the classes of a module in this process: counts its fuel, splits its giants, compiles it.
final class LocalBuild {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBuild.class);

    private LocalBuild() {}

    static Map<String, byte[]> classes(byte[] wasm, ModuleCompiler.Rewrite rewrite, Consumer<WasmModule> check) {
        check.accept(EndiveParser.parse(wasm));
        try {
            return classes(wasm, rewrite);
        } catch (WasmEngineException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warn("engine: the compiler failed on a module", e);
            throw new CompileFailedException("the compiler fails on it, cause=" + e);
        }
    }

    private static Map<String, byte[]> classes(byte[] wasm, ModuleCompiler.Rewrite rewrite) {
        FuelPass.Result counted = rewrite.fuel() ? counted(wasm) : new FuelPass.Result(wasm, FuelGlobals.NONE);
        Map<String, byte[]> files = rewrite.split()
                ? ModuleSplit.of(counted.wasm(), split -> build(split, counted.globals()))
                        .classes()
                : build(counted.wasm(), counted.globals());
        files.put(ModuleCompiler.FUEL_FILE, text(counted.globals().toString()));
        return files;
    }

    private static FuelPass.Result counted(byte[] wasm) {
        try {
            return FuelPass.run(wasm);
        } catch (UncountableException e) {
            throw new WasmEngineException("the module's fuel cannot be counted: " + e.getMessage(), e);
        } catch (RewriteException e) {
            throw new InvalidException(e.getMessage(), e);
        }
    }

    private static Map<String, byte[]> build(byte[] wasm, FuelGlobals fuel) {
        WasmModule module = EndiveParser.parse(wasm);
        EndiveClasses compiled;
        try {
            compiled = EndiveClasses.compile(module, wasm, ModuleCompiler.MAIN_CLASS);
        } catch (WasmEngineException e) {
            return new TreeMap<>(Map.of(
                    ModuleCompiler.MODULE_FILE,
                    wasm,
                    ModuleCompiler.INTERPRETED_FILE,
                    text("interpreted: " + e.getMessage())));
        }
        Map<String, byte[]> files = new TreeMap<>(
                new ClassPass(ModuleCompiler.MAIN_CLASS, GlobalLayout.of(module, fuel)).apply(compiled.classes()));
        if (compiled.interpreted().isEmpty()) {
            // Bodies that are compiled would only take up memory.
            files.put(ModuleCompiler.MODULE_FILE, ModuleSkeleton.of(wasm));
        } else {
            files.put(ModuleCompiler.MODULE_FILE, wasm);
            files.put(
                    ModuleCompiler.INTERPRETED_FILE,
                    text("compiled in part, the rest is interpreted: functions=" + compiled.interpreted()));
        }
        return files;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
