package dev.cloche.host.engine.wasm;

import dev.cloche.host.engine.CallMeter;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.FuelTank;
import dev.cloche.host.engine.GuestClock;
import dev.cloche.host.engine.memory.LinearMemory;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import run.endive.log.Logger;
import run.endive.runtime.HostFunction;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasi.WasiOptions;
import run.endive.wasi.WasiPreview1;
import run.endive.wasm.types.FunctionType;

/// WASI preview 1 as a guest gets it: the host's clock and random source, standard output and error as log lines, and
/// nothing else: no files, no environment, no arguments, an empty standard input.
///
/// Every function is bounded in what it copies and in how long it takes, whatever sizes the guest gives it.
final class WasiImports {
    private static final int CLOCK_PROCESS_CPU = 2;
    private static final int CLOCK_THREAD_CPU = 3;
    private static final int STDIN = 0;
    private static final int RANDOM_CHUNK_BYTES = 4096;
    private static final String FILES = "path_";

    /// Buffers that one call writes, as in POSIX.
    static final int IOVECS_MAX = 1_024;

    private static final int IOVEC_BYTES = 8;

    /// What Cloche offers of WASI, by name.
    static final Map<String, FunctionType> TYPES = types();

    /// What the functions work on, of one isolate.
    ///
    /// @param sleeper lets other guests run for as many nanoseconds
    record World(
            EngineClocks clocks,
            GuestClock clock,
            WasiInputs inputs,
            CallMeter meter,
            FuelTank fuel,
            LongConsumer sleeper) {}

    private final World world;

    WasiImports(World world) {
        this.world = world;
    }

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
    List<HostFunction> functions(OutputStream stdout, OutputStream stderr) {
        WasiOptions options = WasiOptions.builder()
                .withClock(world.clocks().wall())
                .withRandom(world.clocks().random())
                .withStdin(InputStream.nullInputStream())
                .withStdout(stdout)
                .withStderr(stderr)
                .build();
        // Never closed: it holds nothing but the streams above, which live as long as the isolate.
        HostFunction[] originals = WasiPreview1.builder()
                .withLogger(new Silence())
                .withOptions(options)
                .build()
                .toHostFunctions();
        WasiPoll poll = new WasiPoll(world, originals);
        return Arrays.stream(originals)
                .map(original -> new HostFunction(
                        original.module(), original.name(), original.functionType(), handle(original, poll)))
                .toList();
    }

    private WasmFunctionHandle handle(HostFunction original, WasiPoll poll) {
        return switch (original.name()) {
            case "random_get" ->
                (instance, args) ->
                        new long[] {randomGet(instance.memory(), (int) args[0], Integer.toUnsignedLong((int) args[1]))};
            case "clock_time_get" ->
                (instance, args) -> new long[] {clockTime(instance.memory(), (int) args[0], (int) args[2])};
            case "fd_read" -> (instance, args) -> new long[] {readNothing(instance.memory(), args)};
            case "fd_write" -> write(original.handle());
            case "fd_close", "fd_renumber" -> movesStream(original.handle());
            case "poll_oneoff" -> poll::apply;
            default -> original.name().startsWith(FILES) ? WasiImports::noFiles : original.handle();
        };
    }

    /// The library's own copies the path, however long, before it finds that there is no folder to look for it in.
    private static long[] noFiles(Instance instance, long[] args) {
        return new long[] {WasiErrors.BADF};
    }

    /// Standard input is empty and there is nothing else to read. The library's own allocates what the guest asks for
    /// before it finds that out.
    private static int readNothing(Memory memory, long[] args) {
        if ((int) args[0] != STDIN) {
            return WasiErrors.BADF;
        }
        memory.writeI32((int) args[3], 0);
        return WasiErrors.SUCCESS;
    }

    /// The library's own copies whatever a buffer's length says, and goes through as many as it is told to.
    private WasmFunctionHandle write(WasmFunctionHandle original) {
        return (instance, args) -> {
            int count = (int) args[2];
            if (count < 0 || count > IOVECS_MAX) {
                return new long[] {WasiErrors.INVAL};
            }
            long[] nothingWritten = original.apply(instance, args[0], args[1], 0, args[3]);
            if (nothingWritten[0] != WasiErrors.SUCCESS) {
                return nothingWritten;
            }
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                int length = (int) args[1] + i * IOVEC_BYTES + Integer.BYTES;
                bytes += Integer.toUnsignedLong(instance.memory().readInt(length));
            }
            world.meter().checkLog(bytes);
            ((LinearMemory) instance.memory()).account().copy(bytes);
            return original.apply(instance, args);
        };
    }

    /// Descriptors are the library's own and no part of the guest's memory: neither a snapshot nor a reset has them.
    private WasmFunctionHandle movesStream(WasmFunctionHandle original) {
        return (instance, args) -> {
            world.inputs().movedStream();
            return original.apply(instance, args);
        };
    }

    /// The library's monotonic clock is the machine's, which another process does not share.
    private int clockTime(Memory memory, int clock, int pointer) {
        if (!GuestMemory.has(memory, pointer, Long.BYTES)) {
            return WasiErrors.FAULT;
        }
        switch (clock) {
            case WasiPoll.CLOCK_REALTIME -> {
                world.inputs().readWallClock();
                memory.writeLong(pointer, world.clock().wallNanos());
            }
            case WasiPoll.CLOCK_MONOTONIC ->
                memory.writeLong(pointer, world.clock().monotonicNanos());
            case CLOCK_PROCESS_CPU, CLOCK_THREAD_CPU -> {
                return WasiErrors.NOTSUP;
            }
            default -> {
                return WasiErrors.INVAL;
            }
        }
        return WasiErrors.SUCCESS;
    }

    /// The library's own allocates what the guest asks for before it looks whether the guest has that much memory.
    private int randomGet(Memory memory, int pointer, long length) {
        world.inputs().drewRandomness();
        if (!GuestMemory.has(memory, pointer, length)) {
            return WasiErrors.FAULT;
        }
        world.fuel().charge(length);
        long end = Integer.toUnsignedLong(pointer) + length;
        for (long at = Integer.toUnsignedLong(pointer); at < end; at += RANDOM_CHUNK_BYTES) {
            LinearMemory.poll((LinearMemory) memory);
            byte[] chunk = new byte[(int) Math.min(RANDOM_CHUNK_BYTES, end - at)];
            world.clocks().random().nextBytes(chunk);
            memory.write((int) at, chunk);
        }
        return WasiErrors.SUCCESS;
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
