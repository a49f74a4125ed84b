package dev.cloche.host.engine.rewrite;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Instance;
import run.endive.runtime.InterpreterMachine;
import run.endive.runtime.MStack;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.Instruction;

/// Counts what a module executes, as Endive's interpreter reports it: the definition of fuel, without any of our code.
final class InstructionCount {
    private final byte[] wasm;
    private final WasmModule module;
    private final int imported;
    private final Set<Instruction> first = Collections.newSetFromMap(new IdentityHashMap<>());
    private long units;

    private InstructionCount(byte[] wasm) {
        this.wasm = wasm;
        this.module = Parser.parse(wasm);
        this.imported = module.importSection().count(ExternalType.FUNCTION);
        for (var body : module.codeSection().functionBodies()) {
            first.add(body.instructions().getFirst());
        }
    }

    static InstructionCount of(byte[] wasm) {
        return new InstructionCount(wasm);
    }

    Pipeline.Subject subject() {
        return new Pipeline.Subject(wasm, module, this::wire, _ -> units);
    }

    private void wire(Instance.Builder builder) {
        builder.withMachineFactory(InterpreterMachine::new)
                .withMemoryFactory(ByteArrayMemory::new)
                .withUnsafeExecutionListener(this::count);
    }

    private void count(Instruction instruction, MStack stack) {
        units += first.contains(instruction) ? FuelCosts.FUNCTION : 0;
        units += switch (instruction.opcode()) {
            case NOP, BLOCK, LOOP, ELSE, END, RETURN, DROP, UNREACHABLE -> 0;
            case CALL -> instruction.operand(0) < imported ? 1 + FuelCosts.HOST_CALL : 1;
            case MEMORY_GROW -> 1 + FuelCosts.MEMORY_GROW;
            case MEMORY_COPY, MEMORY_FILL, MEMORY_INIT ->
                1 + Integer.toUnsignedLong((int) stack.peek()) / FuelCosts.BYTES;
            case TABLE_COPY, TABLE_FILL, TABLE_INIT, TABLE_GROW ->
                1 + Math.min(Integer.toUnsignedLong((int) stack.peek()), FuelCosts.ELEMENTS_MAX);
            default -> 1;
        };
    }
}
