package dev.cloche.host.engine.wasm;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.GuestClock;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import run.endive.log.Logger;
import run.endive.runtime.HostFunction;
import run.endive.runtime.Instance;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasi.WasiOptions;
import run.endive.wasi.WasiPreview1;
import run.endive.wasm.types.FunctionType;

/// WASI preview 1 as a guest gets it: the host's clock and random source, standard output and error as log lines, and
/// nothing else: no files, no environment, no arguments, an empty standard input.
final class WasiImports {
    private static final int ERRNO_SUCCESS = 0;
    private static final int ERRNO_BADF = 8;
    private static final int ERRNO_FAULT = 21;
    private static final int ERRNO_INVAL = 28;
    private static final int ERRNO_NOTSUP = 58;
    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_PROCESS_CPU = 2;
    private static final int CLOCK_THREAD_CPU = 3;
    private static final int STDIN = 0;
    private static final int RANDOM_CHUNK_BYTES = 4096;

    /// What Cloche offers of WASI, by name.
    static final Map<String, FunctionType> TYPES = types();

    private WasiImports() {}

    private static Map<String, FunctionType> types() {
        Map<String, FunctionType> types = new HashMap<>();
        try (WasiPreview1 wasi =
                WasiPreview1.builder().withLogger(new Silence()).build()) {
            for (HostFunction function : wasi.toHostFunctions()) {
                types.put(function.name(), function.functionType());
            }
        }
        return Map.copyOf(types);
    }

    /// The functions for one isolate.
    static List<HostFunction> functions(
            EngineClocks clocks, GuestClock clock, WasiInputs inputs, OutputStream stdout, OutputStream stderr) {
        WasiOptions options = WasiOptions.builder()
                .withClock(clocks.wall())
                .withRandom(clocks.random())
                .withStdin(InputStream.nullInputStream())
                .withStdout(stdout)
                .withStderr(stderr)
                .build();
        // Never closed: it holds nothing but the streams above, which live as long as the isolate.
        WasiPreview1 wasi = WasiPreview1.builder()
                .withLogger(new Silence())
                .withOptions(options)
                .build();
        return Arrays.stream(wasi.toHostFunctions())
                .map(function -> switch (function.name()) {
                    case "random_get" -> randomGet(function, clocks, inputs);
                    case "clock_time_get" -> clockTime(function, clock, inputs);
                    case "fd_read" -> readNothing(function);
                    case "fd_close", "fd_renumber" -> movesStream(function, inputs);
                    default -> function;
                })
                .toList();
    }

    /// Standard input is empty and there is nothing else to read. The library's own allocates what the guest asks for
    /// before it finds that out.
    private static HostFunction readNothing(HostFunction original) {
        WasmFunctionHandle handle = (instance, args) -> {
            if ((int) args[0] != STDIN) {
                return new long[] {ERRNO_BADF};
            }
            instance.memory().writeI32((int) args[3], 0);
            return new long[] {ERRNO_SUCCESS};
        };
        return new HostFunction(original.module(), original.name(), original.functionType(), handle);
    }

    /// Descriptors are the library's own and no part of the guest's memory: neither a snapshot nor a reset has them.
    private static HostFunction movesStream(HostFunction original, WasiInputs inputs) {
        WasmFunctionHandle handle = (instance, args) -> {
            inputs.movedStream();
            return original.handle().apply(instance, args);
        };
        return new HostFunction(original.module(), original.name(), original.functionType(), handle);
    }

    /// The library's own allocates what the guest asks for before it looks whether the guest has that much memory.
    private static HostFunction randomGet(HostFunction original, EngineClocks clocks, WasiInputs inputs) {
        WasmFunctionHandle handle = (instance, args) -> {
            inputs.drewRandomness();
            return new long[] {fillRandom(instance, (int) args[0], Integer.toUnsignedLong((int) args[1]), clocks)};
        };
        return new HostFunction(original.module(), original.name(), original.functionType(), handle);
    }

    /// The library's monotonic clock is the machine's, which another process does not share.
    private static HostFunction clockTime(HostFunction original, GuestClock clock, WasiInputs inputs) {
        WasmFunctionHandle handle = (instance, args) -> {
            int pointer = (int) args[2];
            if (Integer.toUnsignedLong(pointer) + Long.BYTES > GuestMemory.size(instance.memory())) {
                return new long[] {ERRNO_FAULT};
            }
            switch ((int) args[0]) {
                case CLOCK_REALTIME -> {
                    inputs.readWallClock();
                    instance.memory().writeLong(pointer, clock.wallNanos());
                }
                case CLOCK_MONOTONIC -> instance.memory().writeLong(pointer, clock.monotonicNanos());
                case CLOCK_PROCESS_CPU, CLOCK_THREAD_CPU -> {
                    return new long[] {ERRNO_NOTSUP};
                }
                default -> {
                    return new long[] {ERRNO_INVAL};
                }
            }
            return new long[] {ERRNO_SUCCESS};
        };
        return new HostFunction(original.module(), original.name(), original.functionType(), handle);
    }

    private static int fillRandom(Instance instance, int pointer, long length, EngineClocks clocks) {
        long start = Integer.toUnsignedLong(pointer);
        long end = start + length;
        if (end > GuestMemory.size(instance.memory())) {
            return ERRNO_FAULT;
        }
        for (long at = start; at < end; at += RANDOM_CHUNK_BYTES) {
            byte[] chunk = new byte[(int) Math.min(RANDOM_CHUNK_BYTES, end - at)];
            clocks.random().nextBytes(chunk);
            instance.memory().write((int) at, chunk);
        }
        return ERRNO_SUCCESS;
    }

    /// A guest's calls are not the host's log lines.
    private static final class Silence implements Logger {
        @Override
        public void log(Level level, String message, Throwable cause) {}

        @Override
        public boolean isLoggable(Level level) {
            return false;
        }
    }
}
