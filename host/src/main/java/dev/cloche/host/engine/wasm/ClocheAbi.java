package dev.cloche.host.engine.wasm;

import java.util.List;
import java.util.Map;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/// The names and types of the ABI `cloche_v1`; docs/abi.md describes what they mean.
final class ClocheAbi {
    static final String IMPORT_MODULE = "cloche";
    static final String WASI_MODULE = "wasi_snapshot_preview1";

    /// Its functions are the host's operations, by name.
    static final String OP_MODULE = "cloche_op";

    static final String MEMORY = "memory";
    static final String ALLOC = "cloche_alloc";
    static final String HANDLE = "cloche_handle";
    static final String INIT = "cloche_init";
    static final String STAMPED = "cloche_stamped";
    static final String WASI_INITIALIZE = "_initialize";

    static final String REPLY = "reply";
    static final String CALL = "call";
    static final String READ = "read";

    static final int STATUS_OK = 0;
    static final int STATUS_ERROR = 1;

    static final int OUTCOME_OK = 0;
    static final int OUTCOME_DENIED = 1;
    static final int OUTCOME_FAILED = 2;

    /// The length of an op's name is bounded so that reading it costs nothing.
    static final int OP_BYTES_MAX = 128;

    private static final FunctionType NOTHING = FunctionType.empty();

    /// Functions a module must export.
    static final Map<String, FunctionType> REQUIRED_EXPORTS = Map.of(ALLOC, i32(1, 1), HANDLE, i32(4, 1));

    /// Functions a module may export; `_initialize` and `cloche_init` are called once, in this order, `cloche_stamped`
    /// in each isolate that is made from a snapshot.
    static final Map<String, FunctionType> OPTIONAL_EXPORTS =
            Map.of(WASI_INITIALIZE, NOTHING, INIT, NOTHING, STAMPED, NOTHING);

    /// Functions a module may import from `cloche`.
    static final Map<String, FunctionType> IMPORTS = Map.of(
            REPLY, i32(2, 0),
            CALL, FunctionType.of(i32s(4), List.of(ValType.I64)),
            READ, i32(1, 0));

    /// Of every function of [#OP_MODULE]: request and its length, block for the answer and its length; the outcome.
    static final FunctionType OPERATION = FunctionType.of(i32s(4), List.of(ValType.I64));

    private ClocheAbi() {}

    private static FunctionType i32(int params, int results) {
        return FunctionType.of(i32s(params), i32s(results));
    }

    private static List<ValType> i32s(int count) {
        return java.util.Collections.nCopies(count, ValType.I32);
    }
}
