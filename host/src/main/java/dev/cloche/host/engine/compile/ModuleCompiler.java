package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.cache.CacheBuildException;
import dev.cloche.host.engine.cache.CacheKey;
import dev.cloche.host.engine.cache.CacheKind;
import dev.cloche.host.engine.cache.ClassesCodec;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.rewrite.FuelGlobals;
import dev.cloche.host.engine.rewrite.FuelPass;
import dev.cloche.host.engine.rewrite.ModuleLimit;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import run.endive.runtime.InterpreterMachine;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// Turns the bytes of a WebAssembly module into code that runs it, or finds what an earlier host has made of them. Safe
/// for use by many threads.
public final class ModuleCompiler {
    /// The engine whose classes are kept: another version makes others.
    public static final String ENGINE = "endive-1.0.0";

    static final String MAIN_CLASS = "dev.cloche.generated.Module";

    private static final ClassesCodec CODEC = new ClassesCodec();

    /// The module that instances are built from, beside its classes.
    static final String MODULE_FILE = "module.wasm";

    /// What is interpreted and why, beside the classes; missing if nothing is.
    static final String INTERPRETED_FILE = "interpreted.txt";

    /// The globals in which the module counts its fuel.
    static final String FUEL_FILE = "fuel.txt";

    private final boolean heapMemory;
    private final ContentCache cache;
    private final ModuleBuild build;

    /// A compiler that does its work in this process.
    ///
    /// @param heapMemory whether instances have their memory in heap arrays
    /// @param cache where compiled classes are kept
    public ModuleCompiler(boolean heapMemory, ContentCache cache) {
        this(heapMemory, cache, CompileSettings.DEFAULT);
    }

    /// @param heapMemory whether instances have their memory in heap arrays
    /// @param cache where compiled classes are kept
    public ModuleCompiler(boolean heapMemory, ContentCache cache, CompileSettings settings) {
        this.heapMemory = heapMemory;
        this.cache = cache;
        this.build = settings.process() ? new ProcessBuild(settings) : LocalBuild::classes;
    }

    /// Whether modules are compiled in a process of their own, which may be larger ones.
    public boolean process() {
        return build instanceof ProcessBuild;
    }

    /// How a module is transformed before it is compiled.
    ///
    /// @param fuel whether it counts its fuel; every guest's does, and benchmarks hold it against one that does not
    /// @param split whether functions too large for the JVM's compiler are split
    public record Rewrite(boolean fuel, boolean split) {
        /// The name under which results are kept: it changes whenever what is made of a module does.
        public String key() {
            return "pass-" + ClassPass.VERSION + (fuel ? " fuel-" + FuelPass.VERSION : "")
                    + (split ? " split-" + ModuleSplit.VERSION : "");
        }
    }

    /// Parses, checks and compiles a module.
    ///
    /// @param measure looks at the bytes before anything else is done with them, and throws to refuse them. What is
    /// kept
    ///     from an earlier time was measured then: it is kept under the limits that it was held against
    /// @param check looks at the parsed module before it is compiled, and throws to refuse it; the bodies of functions
    ///     may be missing
    /// @throws WasmEngineException if it is not a valid module
    /// @throws CompileFailedException if it cannot be compiled within what there is for it
    public CompiledModule compile(byte[] wasm, Rewrite rewrite, Runnable measure, Consumer<WasmModule> check) {
        CacheKey key = CacheKey.of(CacheKind.CLASSES)
                .withHash("code", wasm)
                .with("engine", ENGINE)
                .with("limits", ModuleLimit.version(process()))
                .with("transformation", rewrite.key());
        Map<String, byte[]> files;
        var own = new AtomicBoolean();
        try {
            files = cache.load(key, CODEC, () -> {
                own.set(true);
                measure.run();
                return build.classes(wasm, rewrite, check);
            });
        } catch (CacheBuildException e) {
            if (own.get()) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
            // Whoever built it meanwhile may have refused it by a check of its own.
            measure.run();
            files = build.classes(wasm, rewrite, check);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WasmEngineException("interrupted while the module was compiled", e);
        }
        CompiledModule compiled = load(files);
        check.accept(compiled.module());
        return compiled;
    }

    /// Compiles a module that nobody limits.
    ///
    /// @throws WasmEngineException if it is not a valid module
    public CompiledModule compile(byte[] wasm, Rewrite rewrite, Consumer<WasmModule> check) {
        return compile(wasm, rewrite, () -> {}, check);
    }

    private CompiledModule load(Map<String, byte[]> files) {
        FuelGlobals fuel = FuelGlobals.parse(
                new String(Objects.requireNonNull(files.get(FUEL_FILE), FUEL_FILE), StandardCharsets.UTF_8));
        byte[] wasm = Objects.requireNonNull(files.get(MODULE_FILE), MODULE_FILE);
        byte[] reason = files.get(INTERPRETED_FILE);
        // It was valid when it was compiled.
        WasmModule module = reason == null
                ? SkeletonModule.read(wasm)
                : Parser.builder().withValidation(false).build().parse(() -> new ByteArrayInputStream(wasm));
        String interpreted = reason == null ? null : new String(reason, StandardCharsets.UTF_8);
        return files.containsKey(MAIN_CLASS)
                ? CompiledModule.of(module, fuel, MachineLoader.machines(files, MAIN_CLASS, heapMemory), interpreted)
                : CompiledModule.of(module, fuel, InterpreterMachine::new, interpreted);
    }
}
