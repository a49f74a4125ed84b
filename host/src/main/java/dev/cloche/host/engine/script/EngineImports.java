package dev.cloche.host.engine.script;

import dev.cloche.host.engine.GuestClock;
import dev.cloche.host.engine.memory.LinearMemory;
import java.nio.charset.StandardCharsets;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.Import;

/// The functions that QuickJS as WebAssembly imports: calls of the prelude, the module loader, and the little of WASI
/// that its libc wants.
final class EngineImports {
    private static final long[] NOTHING = {};
    private static final long[] ZERO = {0};
    private static final long[] ONE = {1};
    private static final long[] NOT_SUPPORTED = {52};
    private static final int CLOCK_REALTIME = 0;
    private static final int IOVEC_BYTES = 8;

    private final EngineHost host;

    private EngineImports(EngineHost host) {
        this.host = host;
    }

    static ImportValues of(EngineHost host) {
        EngineImports imports = new EngineImports(host);
        ImportValues.Builder values = ImportValues.builder();
        var module = ScriptEngineBinary.module();
        module.importSection().stream().forEach(wanted -> {
            FunctionType type = module.typeSection().getType(((FunctionImport) wanted).typeIndex());
            values.addFunction(
                    new HostFunction(wanted.module(), wanted.name(), type, dropping(imports.handle(wanted))));
        });
        return values.build();
    }

    /// What was copied for the guest meanwhile is dropped when the function returns.
    private static WasmFunctionHandle dropping(WasmFunctionHandle body) {
        return (instance, args) -> {
            try {
                return body.apply(instance, args);
            } finally {
                ((LinearMemory) instance.memory()).account().dropCopies();
            }
        };
    }

    private WasmFunctionHandle handle(Import wanted) {
        return switch (wanted.name()) {
            case "host_call" -> this::hostCall;
            case "host_module_normalize" -> (instance, args) -> new long[] {normalize((int) args[0], (int) args[1])};
            case "host_module_load" -> (instance, args) -> new long[] {load((int) args[0], (int) args[1])};
            case "host_promise_rejection" -> (instance, args) -> rejection(args);
            // Guests see UTC wherever the host is.
            case "host_get_timezone_offset" -> (instance, args) -> ZERO;
            case "host_interrupt" -> (instance, args) -> host.stop() == null ? ZERO : ONE;
            case "clock_time_get" -> this::clockTime;
            case "random_get" -> this::random;
            case "fd_write" -> EngineImports::discard;
            case "fd_close", "fd_fdstat_get", "fd_seek" -> (instance, args) -> NOT_SUPPORTED;
            default ->
                throw new IllegalStateException("the script engine imports something unknown, name=" + wanted.name());
        };
    }

    private long[] hostCall(Instance instance, long[] args) {
        RuntimeException stop = host.stop();
        if (stop != null) {
            // It has a little fuel to unwind, and for nothing else.
            throw stop;
        }
        JsRuntime js = host.js();
        HostFunctions.Name name = HostFunctions.Name.ofWire(instance.memory().read((int) args[0]));
        int result = host.functions().call(name, js.arguments((int) args[3], (int) args[4]));
        // A script can spend more time here than its fuel tells.
        LinearMemory.poll(js.memory());
        return new long[] {result};
    }

    private int normalize(int basePointer, int specifierPointer) {
        JsRuntime js = host.js();
        try {
            String specifier = js.cString(specifierPointer);
            host.importing(specifier);
            String path = ModulePaths.resolve(js.cString(basePointer), specifier);
            return js.place(path.getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            js.raise("TypeError", String.valueOf(e.getMessage()));
            return 0;
        }
    }

    private int load(int pathPointer, int lengthPointer) {
        JsRuntime js = host.js();
        String path = js.cString(pathPointer);
        byte[] source = host.source(path).orElse(null);
        if (source == null) {
            js.raise("TypeError", "cannot import '" + path + "': the bundle has no such file");
            return 0;
        }
        js.memory().writeI32(lengthPointer, source.length);
        return js.place(source);
    }

    private long[] rejection(long[] args) {
        host.functions().rejection((int) args[0], (int) args[1], args[2] != 0);
        return NOTHING;
    }

    private long[] clockTime(Instance instance, long[] args) {
        GuestClock clock = host.clock();
        long nanos = (int) args[0] == CLOCK_REALTIME ? clock.wallNanos() : clock.monotonicNanos();
        instance.memory().writeLong((int) args[2], nanos);
        return ZERO;
    }

    private long[] random(Instance instance, long[] args) {
        byte[] bytes = new byte[(int) args[1]];
        host.clocks().random().nextBytes(bytes);
        instance.memory().write((int) args[0], bytes);
        return ZERO;
    }

    /// The engine's own diagnostics; what a script prints goes another way.
    private static long[] discard(Instance instance, long[] args) {
        Memory memory = instance.memory();
        int written = 0;
        for (int i = 0; i < (int) args[2]; i++) {
            written += memory.readInt((int) args[1] + i * IOVEC_BYTES + Integer.BYTES);
        }
        memory.writeI32((int) args[3], written);
        return ZERO;
    }
}
