package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.memory.LinearMemory;
import run.endive.runtime.GlobalInstance;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.ValType;
import run.endive.wasm.types.Value;

/// What Endive sees of the fuel of an isolate, which it reaches in interpreted code alone: the field of the memory, or
/// the request for the next slice. It belongs to the call and not to the guest's state, so snapshots leave it out.
public final class FuelGlobal extends GlobalInstance {
    private final LinearMemory memory;
    private final boolean requests;

    @SuppressWarnings("deprecation") // The builder makes no subclasses.
    FuelGlobal(LinearMemory memory, boolean requests) {
        super(0, 0, ValType.I64, MutabilityType.Var);
        this.memory = memory;
        this.requests = requests;
    }

    @Override
    public long getValue() {
        return requests ? 0 : memory.fuel;
    }

    @Override
    public long getValueLow() {
        return getValue();
    }

    @Override
    public void setValue(Value value) {
        setValue(value.raw());
    }

    @Override
    public void setValue(long value) {
        if (requests) {
            LinearMemory.nextSlice(memory);
        } else {
            memory.fuel = value;
        }
    }

    @Override
    public void setValueLow(long value) {
        setValue(value);
    }
}
