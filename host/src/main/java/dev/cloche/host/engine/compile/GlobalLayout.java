package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.rewrite.FuelGlobals;
import java.util.ArrayList;
import java.util.List;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.ValType;

/// Where the globals of a module lie once compiled: numbers in slots of the isolate's memory, in the order of their
/// indices; imported globals, references and vectors in Endive's own objects. A module without a memory of its own has
/// no slots. The globals in which fuel is counted have places of their own.
///
/// @param imported how many of the globals are imported
/// @param slots of each own global: its slot, or [#NONE], [#FUEL], [#SLICE]
/// @param stopCheck where its code looks for a request to stop
public record GlobalLayout(int imported, List<Integer> slots, StopCheck stopCheck) {
    /// Where code looks for a request to stop.
    public enum StopCheck {
        /// Nowhere but where Endive does: there is no memory.
        ENGINE,
        /// At the flag of its memory.
        FLAG,
        /// Where its fuel is counted.
        FUEL
    }

    /// The global stays where Endive keeps it.
    public static final int NONE = -1;

    /// The global is the memory's own field for fuel.
    public static final int FUEL = -2;

    /// Who writes to the global asks the memory for the next slice.
    public static final int SLICE = -3;

    public GlobalLayout {
        slots = List.copyOf(slots);
    }

    /// The layout for a module.
    ///
    /// @param fuel the globals in which it counts its fuel
    public static GlobalLayout of(WasmModule module, FuelGlobals fuel) {
        int importedMemories = module.importSection().count(ExternalType.MEMORY);
        boolean ownMemory = importedMemories == 0
                && module.memorySection()
                        .map(section -> section.memoryCount() > 0)
                        .orElse(false);
        int imported = module.importSection().count(ExternalType.GLOBAL);
        List<Integer> slots = new ArrayList<>();
        int next = 0;
        for (var global : module.globalSection().globals()) {
            int index = imported + slots.size();
            if (!ownMemory || !isNumber(global.valueType())) {
                slots.add(NONE);
            } else if (index == fuel.fuel()) {
                slots.add(FUEL);
            } else if (index == fuel.slice()) {
                slots.add(SLICE);
            } else {
                slots.add(next++);
            }
        }
        boolean anyMemory = ownMemory || importedMemories > 0;
        if (ownMemory && fuel.counted()) {
            return new GlobalLayout(imported, slots, StopCheck.FUEL);
        }
        return new GlobalLayout(imported, slots, anyMemory ? StopCheck.FLAG : StopCheck.ENGINE);
    }

    private static boolean isNumber(ValType type) {
        return type.equals(ValType.I32)
                || type.equals(ValType.I64)
                || type.equals(ValType.F32)
                || type.equals(ValType.F64);
    }

    /// The slot of a global by its index in the module, imported ones counted, or [#NONE], [#FUEL], [#SLICE].
    public int slot(int global) {
        int own = global - imported;
        return own >= 0 && own < slots.size() ? slots.get(own) : NONE;
    }

    /// How many slots are taken.
    public int count() {
        return (int) slots.stream().filter(slot -> slot >= 0).count();
    }
}
