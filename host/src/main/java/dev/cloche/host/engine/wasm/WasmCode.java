package dev.cloche.host.engine.wasm;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Entry;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.compile.ClassPass;
import dev.cloche.host.engine.compile.CompileFailedException;
import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.EndiveParser;
import dev.cloche.host.engine.compile.ModuleCompiler;
import dev.cloche.host.engine.compile.ModuleSplit;
import dev.cloche.host.engine.rewrite.FuelPass;
import dev.cloche.host.engine.rewrite.RewriteException;
import dev.cloche.host.engine.rewrite.SplitPass;
import dev.cloche.host.engine.rewrite.SplitReport;
import dev.cloche.host.engine.rewrite.UncountableException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExportSection;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.Import;
import run.endive.wasm.types.SectionId;

/// The compiled code of a WebAssembly bundle, shared by all isolates of an extension. Immutable.
public final class WasmCode {
    /// The tier of code that is compiled whole.
    public static final String COMPILED = "compiled";

    private final CompiledModule compiled;
    private final Limits limits;
    private final Bundle bundle;
    private final Map<Entry, byte[]> entryNames = new HashMap<>();
    private final Set<String> exportedFunctions = new HashSet<>();
    private volatile @Nullable WasmModule names;

    private WasmCode(Bundle bundle, CompiledModule compiled, Limits limits) {
        this.bundle = bundle;
        this.compiled = compiled;
        this.limits = limits;
        ExportSection exports = compiled.module().exportSection();
        for (int i = 0; i < exports.exportCount(); i++) {
            if (exports.getExport(i).exportType() == ExternalType.FUNCTION) {
                exportedFunctions.add(exports.getExport(i).name());
            }
        }
        for (Entry entry : bundle.manifest().contributes().entries()) {
            entryNames.put(entry, entry.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Parses, checks and compiles the bundle's module.
    ///
    /// @throws BundleException with everything that is wrong with the module
    public static WasmCode load(Bundle bundle, Limits limits, ModuleCompiler compiler) {
        String path = bundle.manifest().entry();
        try {
            return new WasmCode(
                    bundle,
                    compiler.compile(
                            bundle.code().unsafeBytes(),
                            rewriteOf(bundle),
                            () -> ModuleSizes.check(bundle, compiler.process()),
                            module -> refuse(bundle, module, limits)),
                    limits);
        } catch (WasmEngineException e) {
            Violation violation = e.getCause() instanceof UncountableException uncounted
                    ? uncountable(path, uncounted)
                    : invalid(path, e.getMessage());
            throw new BundleException(bundle.manifest().name(), List.of(violation));
        } catch (CompileFailedException e) {
            var violation = new Violation(
                    "file:" + path,
                    "could not be compiled: " + e.getMessage(),
                    "make the module smaller, or raise compile.memory or compile.timeout in settings.json");
            throw new BundleException(bundle.manifest().name(), List.of(violation));
        }
    }

    private static void refuse(Bundle bundle, WasmModule module, Limits limits) {
        List<Violation> violations = new ModuleFacts(module, bundle.manifest().entry()).violations(limits);
        if (!violations.isEmpty()) {
            throw new BundleException(bundle.manifest().name(), violations);
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

    /// How the bundle's module is transformed before it runs, one line a transformation, and what splitting it would do
    /// where that is not asked for.
    public static List<String> transformations(Bundle bundle) {
        List<String> lines = new ArrayList<>();
        ModuleSizes.check(bundle, true);
        byte[] counted;
        try {
            counted = FuelPass.run(bundle.code().unsafeBytes()).wasm();
        } catch (RewriteException e) {
            return List.of("cannot be rewritten: " + e.getMessage());
        }
        lines.add("fuel " + FuelPass.VERSION + ": counts instructions, bytes="
                + bundle.code().size() + " after=" + counted.length);
        SplitReport report = new SplitPass(ModuleSplit.options()).inspect(counted);
        lines.add("class pass " + ClassPass.VERSION + ": short ways to memory and globals");
        String asked = rewriteOf(bundle).split() ? "split: " : "not split, as the manifest asks (it would be): ";
        List<String> functions =
                report.functions().stream().map(WasmCode::describe).toList();
        lines.add(asked + (functions.isEmpty() ? "no function is large enough" : String.join(", ", functions)));
        return List.copyOf(lines);
    }

    private static String describe(SplitReport.Function function) {
        return switch (function) {
            case SplitReport.Split split ->
                "func[" + split.index() + "] from " + split.bytesBefore() + " to " + split.bytesAfter() + " bytes in "
                        + split.outlined() + " parts";
            case SplitReport.Kept kept -> "func[" + kept.index() + "] stays whole: " + kept.reason();
        };
    }

    private static ModuleFacts facts(Bundle bundle) {
        String path = bundle.manifest().entry();
        ModuleSizes.check(bundle, true);
        try {
            return new ModuleFacts(EndiveParser.parse(bundle.code().unsafeBytes()), path);
        } catch (WasmEngineException e) {
            throw new BundleException(bundle.manifest().name(), List.of(invalid(path, e.getMessage())));
        }
    }

    private static Violation uncountable(String path, UncountableException e) {
        return new Violation(
                "file:" + path,
                "cannot be made to count its fuel: " + e.getMessage(),
                "compile it without the instructions that are named; nothing may run uncounted");
    }

    static Violation invalid(String path, @Nullable String message) {
        return new Violation(
                "file:" + path, "is not a valid WebAssembly module: " + message, "validate it with wasm-validate");
    }

    /// The operations that the module imports by name, whether there are such operations or not.
    public List<String> importedOps() {
        return compiled.module().importSection().stream()
                .filter(wanted -> wanted.module().equals(ClocheAbi.OP_MODULE))
                .map(Import::name)
                .distinct()
                .toList();
    }

    String digest() {
        return bundle.digest();
    }

    ModuleCompiler.Rewrite rewrite() {
        return rewriteOf(bundle);
    }

    private static ModuleCompiler.Rewrite rewriteOf(Bundle bundle) {
        return new ModuleCompiler.Rewrite(true, bundle.manifest().engine().split());
    }

    CompiledModule compiled() {
        return compiled;
    }

    WasmModule module() {
        return compiled.module();
    }

    Limits limits() {
        return limits;
    }

    /// Whether the module exports a function of this name.
    boolean exportsFunction(String name) {
        return exportedFunctions.contains(name);
    }

    /// The entry's name as the guest is handed it. The array must not be written.
    byte[] nameOf(Entry entry) {
        byte[] name = entryNames.get(entry);
        return name == null ? entry.toString().getBytes(StandardCharsets.UTF_8) : name;
    }

    /// How the code runs: `compiled`, or what is interpreted and why.
    public String tier() {
        String interpreted = compiled.interpreted();
        return interpreted == null ? COMPILED : interpreted;
    }

    /// The author's name for a function of the module, if it has a name section.
    String functionName(int index) {
        var names = names().nameSection();
        String name = names == null ? null : names.nameOfFunction(index);
        return name == null ? "func[" + index + "]" : name;
    }

    /// The module's names, read when they are first asked for: few guests trap.
    private WasmModule names() {
        WasmModule read = names;
        if (read == null) {
            read = Parser.builder()
                    .includeSectionId(SectionId.CUSTOM)
                    .withValidation(false)
                    .build()
                    .parse(() -> new ByteArrayInputStream(bundle.code().unsafeBytes()));
            names = read;
        }
        return read;
    }
}
