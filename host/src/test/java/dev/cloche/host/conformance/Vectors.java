package dev.cloche.host.conformance;

import java.util.Arrays;
import java.util.stream.Stream;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.GlobalImport;
import run.endive.wasm.types.ValType;

/// What Endive's compiler has nothing for: vectors of 128 bits. Pipelines built on it refuse modules that use them.
public final class Vectors {
    private static final String FEATURE = "SIMD: Endive's compiler has neither the type nor the instructions";
    private static final int PREFIX = 0xFD;
    private static final int PREFIX_SHIFT = 8;

    private Vectors() {}

    /// @throws NotOfferedException if the module uses vectors
    public static void refuse(WasmModule module) {
        if (types(module).anyMatch(ValType.V128::equals) || hasInstructions(module)) {
            throw new NotOfferedException(FEATURE);
        }
    }

    private static Stream<ValType> types(WasmModule module) {
        Stream<ValType> functions = Arrays.stream(module.typeSection().types())
                .filter(type -> type != null)
                .flatMap(Vectors::types);
        Stream<ValType> globals =
                Arrays.stream(module.globalSection().globals()).map(global -> global.valueType());
        Stream<ValType> imports = module.importSection().stream()
                .filter(GlobalImport.class::isInstance)
                .map(wanted -> ((GlobalImport) wanted).type());
        Stream<ValType> locals =
                Arrays.stream(module.codeSection().functionBodies()).flatMap(body -> body.localTypes().stream());
        return Stream.of(functions, globals, imports, locals).flatMap(types -> types);
    }

    private static Stream<ValType> types(FunctionType type) {
        return Stream.concat(type.params().stream(), type.returns().stream());
    }

    private static boolean hasInstructions(WasmModule module) {
        return Arrays.stream(module.codeSection().functionBodies())
                .flatMap(body -> body.instructions().stream())
                .anyMatch(instruction -> instruction.opcode().opcode() >> PREFIX_SHIFT == PREFIX);
    }
}
