package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.LinearMemory.Shape;
import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// Makes the linear memories of one host, all of one kind. Safe for use by many threads.
public final class Memories implements AutoCloseable {
    private final MemoryCounters counters;
    private final String description;

    /// What foreign memories share; null where memories are arrays of the Java heap.
    private final @Nullable ForeignHome home;

    private Memories(MemoryCounters counters, String description, @Nullable ForeignHome home) {
        this.counters = counters;
        this.description = description;
        this.home = home;
    }

    /// Memories of the kind that the setting says.
    ///
    /// @throws MemoryRefusedException if the setting asks for foreign memory and there is none
    public static Memories of(MemorySetting setting) {
        return of(setting, false);
    }

    /// @param hugePages whether the system is asked for huge pages, which foreign memory alone can have
    public static Memories of(MemorySetting setting, boolean hugePages) {
        Optional<String> unavailable = setting == MemorySetting.HEAP ? Optional.empty() : ForeignMemory.unavailable();
        return of(setting, hugePages, unavailable, MappingBudget.PROCESS, PageMap.Way.SCAN);
    }

    /// Memories of the kind that the setting says, all together no larger than may be.
    ///
    /// @param maxBytes what guests may hold, in bytes; zero to go by the machine
    /// @param machineBytes what the process may use in all
    /// @throws MemoryRefusedException if the setting asks for foreign memory and there is none
    public static Memories of(MemorySetting setting, long maxBytes, long machineBytes) {
        Memories unbounded = of(setting, false);
        long heapBytes = Runtime.getRuntime().maxMemory();
        return unbounded.within(HostMemory.of(maxBytes, machineBytes, heapBytes, !unbounded.foreign()));
    }

    /// Memories as [#of(MemorySetting, long, long)] makes them, where they are foreign with address space from slabs if
    /// the settings say so.
    ///
    /// @throws MemoryRefusedException if the setting asks for foreign memory and there is none
    public static Memories of(MemorySetting setting, long maxBytes, long machineBytes, NumaSettings numa) {
        Memories memories = of(setting, maxBytes, machineBytes);
        return numa.enabled() && memories.home != null ? memories.on(memories.home.slabs(numa)) : memories;
    }

    /// @param home shared with these
    Memories on(ForeignHome home) {
        return new Memories(counters, description, home);
    }

    private Memories within(HostMemory host) {
        MemoryCounters bounded = new MemoryCounters(host);
        return new Memories(bounded, description, home == null ? null : home.counting(bounded));
    }

    /// @param unavailable why there is no foreign memory
    /// @param way the best way to ask for written pages
    static Memories of(
            MemorySetting setting,
            boolean hugePages,
            Optional<String> unavailable,
            MappingBudget mappings,
            PageMap.Way way) {
        if (setting == MemorySetting.HEAP) {
            return ofHeap("heap arrays, as the setting says, memory=heap");
        }
        if (unavailable.isEmpty()) {
            return ofForeign(new ForeignHome(
                    mappings,
                    new MemoryCounters(HostMemory.unbounded(false)),
                    PageMap.ofProcess(way),
                    HugePages.of(hugePages, Path.of("/sys")),
                    new SpareMappings(),
                    null));
        }
        if (setting == MemorySetting.AUTO) {
            return ofHeap("heap arrays, since there is no foreign memory: " + unavailable.get());
        }
        throw new MemoryRefusedException(
                Reason.UNAVAILABLE,
                "there is no foreign memory; set memory to auto or heap, or mend the reason: " + unavailable.get());
    }

    private static Memories ofHeap(String description) {
        return new Memories(new MemoryCounters(HostMemory.unbounded(true)), description, null);
    }

    private static Memories ofForeign(ForeignHome home) {
        String ways = switch (home.pageMap().way()) {
            case SCAN -> "written pages are found by one scan";
            case READ -> "written pages are learned from the page map, the others dropped unseen";
            case NONE -> "written pages cannot be found, all are dropped";
        };
        return new Memories(
                home.counters(),
                "foreign memory, " + ways + ", huge-pages="
                        + home.hugePages().name().toLowerCase(Locale.ROOT),
                home);
    }

    /// Whether memories are foreign.
    public boolean foreign() {
        return home != null;
    }

    /// What kind of memory it is, and why; for people.
    public String description() {
        return description;
    }

    /// A memory of the declared limits, its maximum lowered to the cap.
    ///
    /// @throws MemoryRefusedException if the declared minimum is above the cap, or the host or the system refuses
    /// the memory
    /// @throws IllegalArgumentException if a shared memory is declared
    public LinearMemory allocate(MemoryLimits declared, long capBytes, int globalCount) {
        Shape shape = Shape.of(declared, capBytes, globalCount);
        long bytes = shape.initialPages() * (long) Memory.PAGE_SIZE;
        LinearMemory.admit(counters.host, bytes);
        boolean done = false;
        try {
            LinearMemory made =
                    home == null ? new HeapMemory(shape, null, counters) : ForeignMemory.allocate(home, shape);
            done = true;
            return made;
        } finally {
            if (!done) {
                counters.host.giveLinear(bytes);
            }
        }
    }

    /// The account of a new isolate.
    ///
    /// @param limit what it may hold in all
    public MemoryAccount account(long limit) {
        return new MemoryAccount(counters.host, limit);
    }

    /// What all of the host's guests hold.
    public HostMemory host() {
        return counters.host;
    }

    /// Reads an image that [MemoryImage#writeTo] wrote, here or in another process, from either kind of memory.
    ///
    /// @throws IOException if it cannot be read, is damaged, or was written by another version
    /// @throws MemoryRefusedException if it is larger than the cap, or the system has no room for it
    public MemoryImage readImage(InputStream input, long capBytes) throws IOException {
        return StoredImage.read(
                input,
                capBytes,
                state -> home == null ? new HeapImage.Target(state, counters) : new ForeignImage.Target(home, state));
    }

    /// What there is at this moment.
    public MemoryFigures figures() {
        return new MemoryFigures(
                counters.live.get(),
                counters.quarantined.get(),
                counters.reservedBytes.get(),
                counters.images.get(),
                counters.imageBytes.get(),
                home == null ? 0 : home.spares().size(),
                home == null ? 0 : home.mappings().taken(),
                home == null ? 0 : home.mappings().limit());
    }

    /// What slabs hold; empty where memories have no slabs.
    public Optional<NumaFigures> numa() {
        Slabs slabs = home == null ? null : home.slabs();
        return slabs == null ? Optional.empty() : Optional.of(slabs.figures());
    }

    /// Has slabs given back to the system as soon as nobody has memory in them. Memories made from now on have mappings
    /// of their own. Idempotent.
    @Override
    public void close() {
        Slabs slabs = home == null ? null : home.slabs();
        if (slabs != null) {
            slabs.close();
        }
    }

    @Nullable
    ForeignHome home() {
        return home;
    }
}
