package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.memory.LinearMemory;
import run.endive.runtime.GlobalInstance;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.ValType;
import run.endive.wasm.types.Value;

/// A global whose value lies in a slot of the isolate's memory: what Endive and the host see of it there.
final class SlottedGlobal extends GlobalInstance {
    private final LinearMemory memory;
    private final int slot;

    @SuppressWarnings("deprecation") // The builder makes no subclasses.
    SlottedGlobal(long value, ValType type, MutabilityType mutability, LinearMemory memory, int slot) {
        super(value, 0, type, mutability);
        this.memory = memory;
        this.slot = slot;
        memory.global(slot, value);
    }

    @Override
    public long getValue() {
        return memory.global(slot);
    }

    @Override
    public long getValueLow() {
        return memory.global(slot);
    }

    @Override
    public void setValue(Value value) {
        memory.global(slot, value.raw());
    }

    @Override
    public void setValue(long value) {
        memory.global(slot, value);
    }

    @Override
    public void setValueLow(long value) {
        memory.global(slot, value);
    }
}
