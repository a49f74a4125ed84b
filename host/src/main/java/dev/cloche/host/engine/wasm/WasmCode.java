package dev.cloche.host.engine.wasm;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Entry;
import dev.cloche.host.engine.Limits;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.Instance;
import run.endive.runtime.InterpreterMachine;
import run.endive.runtime.Machine;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// The compiled code of a WebAssembly bundle, shared by all isolates of an extension. Immutable.
public final class WasmCode {
    /// The tier of code that is compiled whole.
    public static final String COMPILED = "compiled";

    private final WasmModule module;
    private final Function<Instance, Machine> machines;
    private final String tier;
    private final Limits limits;
    private final Map<Entry, byte[]> entryNames = new HashMap<>();

    private WasmCode(Bundle bundle, WasmModule module, Compiled compiled, Limits limits) {
        this.module = module;
        this.machines = compiled.machines();
        this.tier = compiled.tier();
        this.limits = limits;
        for (Entry entry : bundle.manifest().contributes().entries()) {
            entryNames.put(entry, entry.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Parses, checks and compiles the bundle's module.
    ///
    /// @throws BundleException with everything that is wrong with the module
    public static WasmCode load(Bundle bundle, Limits limits) {
        List<Violation> violations = violations(bundle, limits);
        if (!violations.isEmpty()) {
            throw new BundleException(bundle.manifest().name(), violations);
        }
        WasmModule module = Parser.parse(bundle.code().unsafeBytes());
        return new WasmCode(bundle, module, compile(module), limits);
    }

    /// Everything that is wrong with the bundle's module; empty if [#load] would take it.
    public static List<Violation> violations(Bundle bundle, Limits limits) {
        try {
            return facts(bundle).violations(limits);
        } catch (BundleException e) {
            return e.violations();
        }
    }

    /// What the bundle's module imports, as `module.name (kind type)`.
    public static List<String> imports(Bundle bundle) {
        return facts(bundle).imports();
    }

    /// What the bundle's module exports, as `name (kind type)`.
    public static List<String> exports(Bundle bundle) {
        return facts(bundle).exports();
    }

    private static ModuleFacts facts(Bundle bundle) {
        String path = bundle.manifest().entry();
        try {
            return new ModuleFacts(Parser.parse(bundle.code().unsafeBytes()), path);
        } catch (WasmEngineException e) {
            throw new BundleException(bundle.manifest().name(), List.of(invalid(path, e)));
        }
    }

    private static Violation invalid(String path, WasmEngineException e) {
        return new Violation(
                "file:" + path,
                "is not a valid WebAssembly module: " + e.getMessage(),
                "validate it with wasm-validate");
    }

    /// Functions that do not fit a JVM method are left to the interpreter, and the tier says which.
    private static Compiled compile(WasmModule module) {
        try {
            return new Compiled(
                    MachineFactoryCompiler.builder(module)
                            .withInterpreterFallback(InterpreterFallback.FAIL)
                            .compile(),
                    COMPILED);
        } catch (WasmEngineException tooLarge) {
            return compilePartly(module, tooLarge);
        }
    }

    private static Compiled compilePartly(WasmModule module, WasmEngineException reason) {
        try {
            return new Compiled(
                    MachineFactoryCompiler.builder(module)
                            .withInterpreterFallback(InterpreterFallback.SILENT)
                            .compile(),
                    "compiled in part, the rest is interpreted: " + reason.getMessage());
        } catch (WasmEngineException e) {
            return new Compiled(InterpreterMachine::new, "interpreted: " + e.getMessage());
        }
    }

    private record Compiled(Function<Instance, Machine> machines, String tier) {}

    WasmModule module() {
        return module;
    }

    Function<Instance, Machine> machines() {
        return machines;
    }

    Limits limits() {
        return limits;
    }

    /// The entry's name as the guest is handed it. The array must not be written.
    byte[] nameOf(Entry entry) {
        byte[] name = entryNames.get(entry);
        return name == null ? entry.toString().getBytes(StandardCharsets.UTF_8) : name;
    }

    /// How the code runs: `compiled`, or what is interpreted and why.
    public String tier() {
        return tier;
    }

    /// The author's name for a function of the module, if it has a name section.
    String functionName(int index) {
        var names = module.nameSection();
        String name = names == null ? null : names.nameOfFunction(index);
        return name == null ? "func[" + index + "]" : name;
    }
}
