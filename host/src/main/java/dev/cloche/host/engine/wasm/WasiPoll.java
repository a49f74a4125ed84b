package dev.cloche.host.engine.wasm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.HostFunction;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmFunctionHandle;

/// WASI preview 1's `poll_oneoff`: how a guest sleeps. Others run meanwhile. Standard input is at its end and output
/// always takes something, so those are ready at once.
final class WasiPoll {
    static final int CLOCK_REALTIME = 0;
    static final int CLOCK_MONOTONIC = 1;

    /// What one call may wait for.
    static final int SUBSCRIPTIONS_MAX = 1_024;

    // A subscription in memory: what it is known by, its kind, and what that kind waits for.
    private static final int SUBSCRIPTION_BYTES = 48;
    private static final int KIND_AT = 8;
    private static final int CLOCK_AT = 16;
    private static final int DESCRIPTOR_AT = 16;
    private static final int TIMEOUT_AT = 24;
    private static final int FLAGS_AT = 40;
    private static final int ABSOLUTE = 1;

    // An event: what the subscription is known by, an error, its kind, and for a stream its state.
    private static final int EVENT_BYTES = 32;
    private static final int EVENT_ERROR_AT = 8;
    private static final int EVENT_KIND_AT = 10;
    private static final int EVENT_FLAGS_AT = 24;
    private static final short HANG_UP = 1;

    private static final byte KIND_CLOCK = 0;
    private static final byte KIND_READ = 1;
    private static final byte KIND_WRITE = 2;

    private final WasiImports.World world;
    private final WasmFunctionHandle readAt;
    private final WasmFunctionHandle writeAt;

    /// @param library the functions that know the isolate's descriptors
    WasiPoll(WasiImports.World world, HostFunction[] library) {
        this.world = world;
        this.readAt = named(library, "fd_pread");
        this.writeAt = named(library, "fd_pwrite");
    }

    private static WasmFunctionHandle named(HostFunction[] library, String name) {
        return Arrays.stream(library)
                .filter(function -> function.name().equals(name))
                .findFirst()
                .orElseThrow()
                .handle();
    }

    /// @param nanos what is left until a clock's time has come, zero or less for what is ready
    private record Awaited(long userData, byte kind, int error, long nanos) {}

    long[] apply(Instance instance, long[] args) {
        return new long[] {poll(instance, (int) args[0], (int) args[1], (int) args[2], (int) args[3])};
    }

    private int poll(Instance instance, int in, int out, int count, int eventCount) {
        Memory memory = instance.memory();
        if (count <= 0 || count > SUBSCRIPTIONS_MAX) {
            return WasiErrors.INVAL;
        }
        if (!GuestMemory.has(memory, in, (long) count * SUBSCRIPTION_BYTES)
                || !GuestMemory.has(memory, out, (long) count * EVENT_BYTES)
                || !GuestMemory.has(memory, eventCount, Integer.BYTES)) {
            return WasiErrors.FAULT;
        }
        List<Awaited> awaited = new ArrayList<>();
        long soonest = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            Awaited each = subscription(instance, in + i * SUBSCRIPTION_BYTES);
            if (each == null) {
                return WasiErrors.INVAL;
            }
            soonest = Math.min(soonest, each.nanos());
            awaited.add(each);
        }
        if (soonest > 0) {
            world.sleeper().accept(soonest);
        }
        int events = 0;
        for (Awaited each : awaited) {
            if (each.nanos() <= Math.max(0, soonest)) {
                event(memory, out + events * EVENT_BYTES, each);
                events++;
            }
        }
        memory.writeI32(eventCount, events);
        return WasiErrors.SUCCESS;
    }

    private @Nullable Awaited subscription(Instance instance, int at) {
        Memory memory = instance.memory();
        long userData = memory.readLong(at);
        byte kind = memory.read(at + KIND_AT);
        return switch (kind) {
            case KIND_CLOCK -> clock(memory, at, userData);
            case KIND_READ ->
                new Awaited(userData, kind, errorOf(readAt, instance, memory.readInt(at + DESCRIPTOR_AT)), 0);
            case KIND_WRITE ->
                new Awaited(userData, kind, errorOf(writeAt, instance, memory.readInt(at + DESCRIPTOR_AT)), 0);
            default -> null;
        };
    }

    private @Nullable Awaited clock(Memory memory, int at, long userData) {
        int clock = memory.readInt(at + CLOCK_AT);
        if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
            return null;
        }
        // Unsigned, so what is below zero is centuries off.
        long timeout = memory.readLong(at + TIMEOUT_AT);
        long nanos = timeout < 0 ? Long.MAX_VALUE : timeout;
        if ((memory.readShort(at + FLAGS_AT) & ABSOLUTE) != 0) {
            nanos -= clock == CLOCK_REALTIME
                    ? world.clock().wallNanos()
                    : world.clock().monotonicNanos();
        }
        return new Awaited(userData, KIND_CLOCK, WasiErrors.SUCCESS, nanos);
    }

    /// What a stream answers that can be read, or written, but not at an offset is that it cannot seek.
    private static int errorOf(WasmFunctionHandle atOffset, Instance instance, int descriptor) {
        int answered = (int) atOffset.apply(instance, descriptor, 0, 0, 0, 0)[0];
        return answered == WasiErrors.SPIPE ? WasiErrors.SUCCESS : answered;
    }

    private static void event(Memory memory, int at, Awaited awaited) {
        memory.fill((byte) 0, at, at + EVENT_BYTES);
        memory.writeLong(at, awaited.userData());
        memory.writeShort(at + EVENT_ERROR_AT, (short) awaited.error());
        memory.writeByte(at + EVENT_KIND_AT, awaited.kind());
        if (awaited.kind() == KIND_READ) {
            memory.writeShort(at + EVENT_FLAGS_AT, HANG_UP);
        }
    }
}
