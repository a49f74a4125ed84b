package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// Makes linear memories that cannot grow past an isolate's cap. The engine by itself sets none.
public final class CappedMemory {
    private CappedMemory() {}

    /// The pages that fit into this many bytes.
    public static int pages(long bytes) {
        return (int) Math.min(bytes / Memory.PAGE_SIZE, Memory.RUNTIME_MAX_PAGES);
    }

    /// A memory of the declared limits, its maximum lowered to the cap.
    ///
    /// @throws BudgetExhaustedException if the declared minimum is above the cap already
    public static Memory allocate(MemoryLimits declared, long capBytes) {
        int cap = pages(capBytes);
        if (declared.initialPages() > cap) {
            throw new BudgetExhaustedException(Budget.MEMORY, capBytes);
        }
        return new ByteArrayMemory(
                new MemoryLimits(declared.initialPages(), Math.min(declared.maximumPages(), cap), declared.shared()));
    }
}
