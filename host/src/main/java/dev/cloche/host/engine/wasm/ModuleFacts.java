package dev.cloche.host.engine.wasm;

import dev.cloche.host.bundle.Violation;
import dev.cloche.host.engine.CappedTable;
import dev.cloche.host.engine.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import run.endive.runtime.Memory;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.Import;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.MemorySection;
import run.endive.wasm.types.SubType;
import run.endive.wasm.types.TableSection;
import run.endive.wasm.types.TypeSection;

/// What a parsed module needs and offers, held against the ABI and the limits. Pure.
final class ModuleFacts {
    private final WasmModule module;
    private final String pointer;

    /// @param path the module's path in its bundle
    ModuleFacts(WasmModule module, String path) {
        this.module = module;
        this.pointer = "file:" + path;
    }

    /// Imports as `module.name (kind type)`.
    List<String> imports() {
        return module.importSection().stream().map(this::describe).toList();
    }

    /// Exports as `name (kind type)`.
    List<String> exports() {
        return exportStream().map(this::describe).toList();
    }

    /// Everything that keeps the module from running under these limits.
    List<Violation> violations(Limits limits) {
        List<Violation> violations = new ArrayList<>();
        checkFeatures(violations);
        checkMemory(limits, violations);
        checkTables(limits, violations);
        checkImports(violations);
        checkExports(violations);
        return violations;
    }

    private void checkFeatures(List<Violation> violations) {
        if (module.tagSection().isPresent() && module.tagSection().get().tagCount() > 0) {
            refuse(violations, "uses exception handling", "compile without exceptions; they have no budget yet");
        }
        if (IntStream.range(0, module.typeSection().subTypeCount()).anyMatch(this::isGcType)) {
            refuse(
                    violations,
                    "uses garbage-collected types",
                    "compile for linear memory; GC types have no budget yet");
        }
        boolean shared = module.importSection().stream()
                .anyMatch(i -> i.importType() == ExternalType.MEMORY
                        && ((run.endive.wasm.types.MemoryImport) i).limits().shared());
        if (shared || ownMemories().stream().anyMatch(MemoryLimits::shared)) {
            refuse(violations, "uses shared memory", "compile without threads; an isolate runs on one thread");
        }
    }

    private boolean isGcType(int index) {
        TypeSection types = module.typeSection();
        SubType type = types.getSubType(index);
        return type.compType().funcType() == null;
    }

    private void checkTables(Limits limits, List<Violation> violations) {
        TableSection tables = module.tableSection();
        long elements = tables == null
                ? 0
                : IntStream.range(0, tables.tableCount())
                        .mapToLong(i -> tables.getTable(i).limits().min())
                        .sum();
        if (elements > CappedTable.ELEMENTS_MAX) {
            refuse(
                    violations,
                    "declares " + elements + " table elements, the limit is " + CappedTable.ELEMENTS_MAX,
                    "declare smaller tables");
        }
        long bytes = elements * CappedTable.ELEMENT_BYTES
                + ownMemories().stream()
                        .mapToLong(memory -> memory.initialPages() * (long) Memory.PAGE_SIZE)
                        .sum();
        if (elements > 0 && bytes > limits.memoryBytes()) {
            refuse(
                    violations,
                    "declares " + elements + " table elements, which with its memory are " + bytes
                            + " bytes, the limit is " + limits.memoryBytes(),
                    "raise limits.memory in the manifest or declare less");
        }
    }

    private void checkMemory(Limits limits, List<Violation> violations) {
        List<MemoryLimits> memories = ownMemories();
        if (memories.size() > 1) {
            refuse(violations, "has " + memories.size() + " memories", "use one; more are not offered yet");
        }
        int cap = (int) Math.min(limits.memoryBytes() / Memory.PAGE_SIZE, Memory.RUNTIME_MAX_PAGES);
        for (MemoryLimits memory : memories) {
            if (memory.initialPages() > cap) {
                refuse(
                        violations,
                        "declares " + memory.initialPages() + " pages of memory, the limit is " + cap,
                        "raise limits.memory in the manifest or lower the module's initial memory");
            }
        }
    }

    private List<MemoryLimits> ownMemories() {
        return module.memorySection().map(ModuleFacts::limits).orElse(List.of());
    }

    private static List<MemoryLimits> limits(MemorySection section) {
        return IntStream.range(0, section.memoryCount())
                .mapToObj(i -> section.getMemory(i).limits())
                .toList();
    }

    private void checkImports(List<Violation> violations) {
        module.importSection().stream().forEach(wanted -> {
            Optional<FunctionType> offered = offered(wanted);
            if (offered.isEmpty()) {
                refuse(
                        violations,
                        "imports " + describe(wanted) + ", which Cloche does not offer",
                        "import only functions of \"cloche\" (reply, call, read), of \"cloche_op\" (operations by"
                                + " name) and of \"wasi_snapshot_preview1\"");
            } else if (!(wanted instanceof FunctionImport function)
                    || !offered.get().equals(type(function))) {
                refuse(
                        violations,
                        "imports " + describe(wanted) + " with the wrong type",
                        "the type is " + offered.get());
            }
        });
    }

    private static Optional<FunctionType> offered(Import wanted) {
        Map<String, FunctionType> types = switch (wanted.module()) {
            case ClocheAbi.IMPORT_MODULE -> ClocheAbi.IMPORTS;
            case ClocheAbi.OP_MODULE -> Map.of(wanted.name(), ClocheAbi.OPERATION);
            case ClocheAbi.WASI_MODULE -> WasiImports.TYPES;
            default -> Map.of();
        };
        return Optional.ofNullable(types.get(wanted.name()));
    }

    private void checkExports(List<Violation> violations) {
        boolean memory = exportStream()
                .anyMatch(e -> e.name().equals(ClocheAbi.MEMORY) && e.exportType() == ExternalType.MEMORY);
        if (!memory) {
            refuse(violations, "does not export its memory", "export the memory under the name \"memory\"");
        }
        ClocheAbi.REQUIRED_EXPORTS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> checkExport(e.getKey(), e.getValue(), true, violations));
        ClocheAbi.OPTIONAL_EXPORTS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> checkExport(e.getKey(), e.getValue(), false, violations));
    }

    private void checkExport(String name, FunctionType type, boolean required, List<Violation> violations) {
        Optional<Export> export =
                exportStream().filter(e -> e.name().equals(name)).findFirst();
        if (export.isEmpty()) {
            if (required) {
                refuse(violations, "does not export " + name, "export a function " + name + " of type " + type);
            }
        } else if (export.get().exportType() != ExternalType.FUNCTION
                || !type(export.get()).equals(type)) {
            refuse(violations, "exports " + describe(export.get()) + " with the wrong type", "the type is " + type);
        }
    }

    private java.util.stream.Stream<Export> exportStream() {
        return IntStream.range(0, module.exportSection().exportCount()).mapToObj(module.exportSection()::getExport);
    }

    private FunctionType type(FunctionImport function) {
        return module.typeSection().getType(function.typeIndex());
    }

    private FunctionType type(Export export) {
        int imported = module.importSection().count(ExternalType.FUNCTION);
        if (export.index() < imported) {
            return type((FunctionImport) module.importSection().stream()
                    .filter(i -> i.importType() == ExternalType.FUNCTION)
                    .skip(export.index())
                    .findFirst()
                    .orElseThrow());
        }
        return module.functionSection().getFunctionType(export.index() - imported, module.typeSection());
    }

    private String describe(Import wanted) {
        String kind = label(wanted.importType());
        String type = wanted instanceof FunctionImport function ? " " + type(function) : "";
        return wanted.module() + "." + wanted.name() + " (" + kind + type + ")";
    }

    private String describe(Export export) {
        String type = export.exportType() == ExternalType.FUNCTION ? " " + type(export) : "";
        return export.name() + " (" + label(export.exportType()) + type + ")";
    }

    private static String label(ExternalType type) {
        return type.name().toLowerCase(java.util.Locale.ROOT);
    }

    private void refuse(List<Violation> violations, String message, String hint) {
        violations.add(new Violation(pointer, message, hint));
    }
}
