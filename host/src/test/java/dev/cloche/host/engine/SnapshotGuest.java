package dev.cloche.host.engine;

import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.ModuleCompiler;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/// The guest of `state.wat` on one kind of memory, without isolate, host or pool around it.
final class SnapshotGuest {
    static final int PAGE = 65_536;
    static final int PAGES_MAX = 16;

    private static final int OBSERVATION = 8_192;

    private final Memories memories;
    private final CompiledModule code;
    private final GuestInstance.Ground ground;

    SnapshotGuest(MemorySetting kind) {
        this(kind, module("state"));
    }

    SnapshotGuest(MemorySetting kind, byte[] wasm) {
        this(kind, wasm, reply());
    }

    SnapshotGuest(MemorySetting kind, byte[] wasm, ImportValues imports) {
        memories = Memories.of(kind);
        ContentCache off = ContentCache.off(Path.of("off"), "a test", Clock.systemUTC());
        code = new ModuleCompiler(!memories.foreign(), off)
                .compile(wasm, new ModuleCompiler.Rewrite(true, false), module -> {});
        // Half a page for tables.
        ground = new GuestInstance.Ground(memories, PAGES_MAX * (long) PAGE + PAGE / 2, imports, memory -> {});
    }

    /// One of the modules in the resources beside this class.
    static byte[] module(String name) {
        String resource = "snapshot/" + name + ".wasm";
        try (InputStream in = Objects.requireNonNull(SnapshotGuest.class.getResourceAsStream(resource), resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("a test's module cannot be read, resource=" + resource, e);
        }
    }

    private static ImportValues reply() {
        FunctionType type = FunctionType.of(List.of(ValType.I32, ValType.I32), List.of());
        return ImportValues.builder()
                .addFunction(new HostFunction("cloche", "reply", type, (instance, args) -> new long[0]))
                .build();
    }

    Memories memories() {
        return memories;
    }

    /// An instance as the module's initialisation leaves it.
    GuestInstance boot() {
        GuestInstance booted = GuestInstance.create(code, ground);
        booted.instance().export("_initialize").apply();
        return booted;
    }

    GuestInstance create() {
        return GuestInstance.create(code, ground);
    }

    GuestInstance stamp(Snapshot snapshot) {
        return GuestInstance.stamp(code, snapshot, ground);
    }

    /// A snapshot of a booted instance, which is closed.
    Snapshot snapshot() throws SnapshotRefusedException {
        try (GuestInstance booted = boot()) {
            return booted.capture();
        }
    }

    static long[] call(GuestInstance guest, String export, long... arguments) {
        return guest.instance().export(export).apply(arguments);
    }

    /// Resets a guest and goes inside for a moment, which ends the reset.
    static void reset(GuestInstance guest, Snapshot snapshot) {
        guest.reset(snapshot);
        guest.enter();
        guest.exit();
    }

    /// All that the guest can tell of its own state.
    static String observe(GuestInstance guest) {
        int length = (int) call(guest, "observe")[0];
        String observed = HexFormat.of().formatHex(guest.memory().readBytes(OBSERVATION, length));
        // The next observer is to find what this one found.
        guest.memory().fill((byte) 0, OBSERVATION, OBSERVATION + length);
        return observed;
    }

    /// The whole linear memory, grown to its end.
    static byte[] everything(GuestInstance guest) {
        LinearMemory memory = guest.memory();
        memory.grow(memory.maximumPages() - memory.pages());
        return memory.readBytes(0, (int) memory.length());
    }
}
