package dev.cloche.host.engine.compile;

import java.util.ArrayList;
import java.util.List;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.ValType;

/// Where the globals of a module lie once compiled: numbers in slots of the isolate's memory, in the order of their
/// indices; imported globals, references and vectors in Endive's own objects. A module without a memory of its own has
/// no slots.
///
/// @param imported how many of the globals are imported
/// @param slots of each own global: its slot, or [#NONE]
/// @param polls whether the module has a memory, and with it a stop flag to poll
public record GlobalLayout(int imported, List<Integer> slots, boolean polls) {
    /// The global stays where Endive keeps it.
    public static final int NONE = -1;

    public GlobalLayout {
        slots = List.copyOf(slots);
    }

    /// The layout for a module.
    public static GlobalLayout of(WasmModule module) {
        int importedMemories = module.importSection().count(ExternalType.MEMORY);
        boolean ownMemory = importedMemories == 0
                && module.memorySection()
                        .map(section -> section.memoryCount() > 0)
                        .orElse(false);
        List<Integer> slots = new ArrayList<>();
        int next = 0;
        for (var global : module.globalSection().globals()) {
            slots.add(ownMemory && isNumber(global.valueType()) ? next++ : NONE);
        }
        return new GlobalLayout(
                module.importSection().count(ExternalType.GLOBAL), slots, ownMemory || importedMemories > 0);
    }

    private static boolean isNumber(ValType type) {
        return type.equals(ValType.I32)
                || type.equals(ValType.I64)
                || type.equals(ValType.F32)
                || type.equals(ValType.F64);
    }

    /// The slot of a global by its index in the module, imported ones counted, or [#NONE].
    public int slot(int global) {
        int own = global - imported;
        return own >= 0 && own < slots.size() ? slots.get(own) : NONE;
    }

    /// How many slots are taken.
    public int count() {
        return (int) slots.stream().filter(slot -> slot != NONE).count();
    }
}
