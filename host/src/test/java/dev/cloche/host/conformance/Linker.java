package dev.cloche.host.conformance;

import java.util.List;
import run.endive.runtime.CallResult;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportGlobal;
import run.endive.runtime.ImportMemory;
import run.endive.runtime.ImportTable;
import run.endive.runtime.ImportTag;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Store;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasm.types.Export;
import run.endive.wasm.types.ExportSection;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;
import run.endive.wasm.types.ValType;

/// What a script's modules can import: the module `spectest` that the suite takes for granted, and registered
/// instances.
final class Linker {
    private static final String SPECTEST = "spectest";
    private static final long GLOBAL_INTEGER = 666;
    private static final double GLOBAL_FLOAT = 666.6;

    private final Store store = new Store();

    Linker(Pipeline.Session session) {
        store.addTable(
                new ImportTable(SPECTEST, "table", session.table(new Table(ValType.FuncRef, new TableLimits(10, 20)))));
        store.addMemory(new ImportMemory(SPECTEST, "memory", session.memory(new MemoryLimits(1, 2))));
        addGlobal(session, "global_i32", ValType.I32, GLOBAL_INTEGER);
        addGlobal(session, "global_i64", ValType.I64, GLOBAL_INTEGER);
        addGlobal(session, "global_f32", ValType.F32, Float.floatToRawIntBits((float) GLOBAL_FLOAT));
        addGlobal(session, "global_f64", ValType.F64, Double.doubleToRawLongBits(GLOBAL_FLOAT));
        addPrint("print");
        addPrint("print_i32", ValType.I32);
        addPrint("print_i64", ValType.I64);
        addPrint("print_f32", ValType.F32);
        addPrint("print_f64", ValType.F64);
        addPrint("print_i32_f32", ValType.I32, ValType.F32);
        addPrint("print_f64_f64", ValType.F64, ValType.F64);
    }

    ImportValues imports() {
        return store.toImportValues();
    }

    /// Offers what the instance exports; what was offered under the same names is replaced.
    void register(String module, Instance instance) {
        ExportSection exports = instance.module().exportSection();
        for (int i = 0; i < exports.exportCount(); i++) {
            Export export = exports.getExport(i);
            String name = export.name();
            switch (export.exportType()) {
                case FUNCTION -> store.addFunction(function(module, name, instance));
                case TABLE -> store.addTable(new ImportTable(module, name, instance.table(export.index())));
                case MEMORY -> store.addMemory(new ImportMemory(module, name, instance.memory(export.index())));
                case GLOBAL -> store.addGlobal(new ImportGlobal(module, name, instance.global(export.index())));
                case TAG -> store.addTag(new ImportTag(module, name, instance.tag(export.index())));
            }
        }
    }

    private static ImportFunction function(String module, String name, Instance instance) {
        return new ImportFunction(
                module, name, instance.exportType(name), new Forward(instance.export(name)), instance);
    }

    private void addGlobal(Pipeline.Session session, String name, ValType type, long value) {
        store.addGlobal(new ImportGlobal(SPECTEST, name, session.global(value, type, MutabilityType.Const)));
    }

    /// What guests print is nothing that the suite looks at.
    private void addPrint(String name, ValType... parameters) {
        FunctionType type = FunctionType.of(List.of(parameters), List.of());
        store.addFunction(new HostFunction(SPECTEST, name, type, (instance, arguments) -> new long[0]));
    }

    /// A call from one instance into another. Endive's own does not carry external references.
    private record Forward(ExportFunction target) implements WasmFunctionHandle {
        @Override
        public long[] apply(Instance instance, long... arguments) {
            return target.apply(arguments);
        }

        @Override
        public CallResult applyWithRefs(Instance instance, long[] arguments, Object[] references) {
            return target.applyWithRefs(arguments, references);
        }
    }
}
