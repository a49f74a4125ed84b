package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.rewrite.FuelGlobals;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.GlobalFactory;
import run.endive.runtime.GlobalInstance;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ElementSection;
import run.endive.wasm.types.PassiveElement;

/// A module and the code that runs it, shared by all its instances. Immutable.
///
/// @param module what instances are built from; without the bodies of functions that are compiled
/// @param stampModule what instances are built from that get their state from a snapshot: without start function and
///     initial elements
/// @param layout where its globals lie
/// @param machines makes the machine of an instance
/// @param interpreted why some or all of it is interpreted; null if it is compiled whole
public record CompiledModule(
        WasmModule module,
        WasmModule stampModule,
        GlobalLayout layout,
        Function<Instance, Machine> machines,
        @Nullable String interpreted) {

    /// A module and its code.
    public static CompiledModule of(
            WasmModule module, FuelGlobals fuel, Function<Instance, Machine> machines, @Nullable String interpreted) {
        return new CompiledModule(module, withoutStart(module), GlobalLayout.of(module, fuel), machines, interpreted);
    }

    private static WasmModule withoutStart(WasmModule module) {
        var elements = ElementSection.builder();
        module.elementSection().stream()
                .map(element -> new PassiveElement(element.type(), List.of()))
                .forEach(elements::addElement);
        return WasmModule.builder()
                .setTypeSection(module.typeSection())
                .setImportSection(module.importSection())
                .setFunctionSection(module.functionSection())
                .setTableSection(module.tableSection())
                .setMemorySection(module.memorySection().orElse(null))
                .setGlobalSection(module.globalSection())
                .setExportSection(module.exportSection())
                .setElementSection(elements.build())
                .setCodeSection(module.codeSection())
                .setDataSection(module.dataSection())
                .setDataCountSection(module.dataCountSection().orElse(null))
                .withValidation(false)
                .build();
    }

    /// Makes the globals of one instance, in the order of their indices, with their values in the slots of its memory.
    ///
    /// @param memory asked for when the first global is made, at which time the engine has made the memory
    public GlobalFactory globals(Supplier<LinearMemory> memory) {
        int[] next = {layout.imported()};
        return (low, high, type, mutability) -> {
            int slot = layout.slot(next[0]++);
            return switch (slot) {
                case GlobalLayout.NONE ->
                    GlobalInstance.builder()
                            .valueLow(low)
                            .valueHigh(high)
                            .valType(type)
                            .mutabilityType(mutability)
                            .build();
                case GlobalLayout.FUEL, GlobalLayout.SLICE -> new FuelGlobal(memory.get(), slot == GlobalLayout.SLICE);
                default -> new SlottedGlobal(low, type, mutability, memory.get(), slot);
            };
        };
    }
}
