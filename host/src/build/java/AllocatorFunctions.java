import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.AnnotatedInstruction;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.OpCode;

/// The functions of QuickJS's memory allocator. Where one of them is under way, the heap is half done, and the engine
/// cannot even be asked where it was.
final class AllocatorFunctions {
    /// C's own functions, as QuickJS exports them.
    private static final List<String> ENTRIES = List.of("malloc", "free", "realloc", "calloc");

    /// Above this the list would hold more than an allocator.
    private static final int MAX = 16;

    private AllocatorFunctions() {}

    /// The allocator's exported functions and all that they call, by index.
    static SortedSet<Integer> of(byte[] wasm) {
        WasmModule module = Parser.parse(wasm);
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            var export = module.exportSection().getExport(i);
            if (export.exportType() == ExternalType.FUNCTION && ENTRIES.contains(export.name())) {
                open.add(export.index());
            }
        }
        if (open.size() != ENTRIES.size()) {
            throw new BuildFailure("quickjs.wasm does not export its allocator; look for what it calls it now and mend"
                    + " AllocatorFunctions, expected=" + ENTRIES + " found=" + open);
        }
        SortedSet<Integer> found = new TreeSet<>();
        while (!open.isEmpty()) {
            int function = open.remove();
            if (found.add(function)) {
                open.addAll(calls(module, function));
            }
        }
        if (found.size() > MAX) {
            throw new BuildFailure("quickjs.wasm's allocator calls more than an allocator does; mend"
                    + " AllocatorFunctions, functions=" + found);
        }
        return found;
    }

    private static List<Integer> calls(WasmModule module, int function) {
        int imported = module.importSection().count(ExternalType.FUNCTION);
        if (function < imported) {
            return List.of();
        }
        return module.codeSection().getFunctionBody(function - imported).instructions().stream()
                .filter(instruction -> instruction.opcode() == OpCode.CALL)
                .map(AllocatorFunctions::target)
                .collect(Collectors.toList());
    }

    private static int target(AnnotatedInstruction call) {
        return (int) call.operand(0);
    }
}
