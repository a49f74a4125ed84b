package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.Slabs.Ground;
import dev.cloche.host.engine.memory.Slabs.Slab;
import dev.cloche.host.placement.Topology.Node;
import dev.cloche.host.system.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes the slabs of a host, once.
final class SlabMaker {
    /// Slabs of one host; nodes beyond have none.
    static final int SLABS_MAX = 64;

    /// Problems kept.
    private static final int PROBLEMS_MAX = 16;

    private final NumaSettings settings;
    private final Ground ground;
    private final MappingBudget mappings;
    private final List<Slab> slabs = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    SlabMaker(NumaSettings settings, Ground ground, MappingBudget mappings) {
        this.settings = settings;
        this.ground = ground;
        this.mappings = mappings;
    }

    List<Slab> slabs() {
        return List.copyOf(slabs);
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    /// Mappings that a slab is charged beside what memories in it are: a slot that has been used may stay one of its
    /// own.
    static int mappings(int slots) {
        return slots + 1;
    }

    void make() {
        for (Node node : ground.topology().nodes()) {
            boolean memory = node.memoryBytes() > 0 || !node.cpus().isEmpty();
            if (!memory || !node.memoryAllowed()) {
                note("the node has no memory for this process, node=" + node.id());
            } else if (slabs.size() == SLABS_MAX) {
                note("there are too many nodes, node=" + node.id() + " slabs-max=" + SLABS_MAX);
            } else {
                make(node.id());
            }
        }
    }

    private void make(int node) {
        int charge = mappings(settings.slots());
        boolean done = false;
        try {
            mappings.take(charge);
            try {
                slabs.add(slab(node));
                done = true;
            } finally {
                if (!done) {
                    mappings.giveBack(charge);
                }
            }
        } catch (MemoryRefusedException e) {
            note("the node has no slab: " + e.getMessage() + " node=" + node);
        }
    }

    private Slab slab(int node) {
        long bytes = settings.slots() * settings.slotBytes();
        Optional<HugePool.Fallback> objection = ground.pool().objection(settings, node);
        if (objection.isEmpty()) {
            Slab huge = onHugePages(node, bytes);
            if (huge != null) {
                return huge;
            }
            objection = Optional.of(hugeRefusal);
        }
        long address = Posix.mapAnonymous(bytes);
        ground.habit().advise(address, bytes);
        int errno = ground.binder().bind(address, bytes, node);
        return new Slab(slots(node, address, false), errno, objection);
    }

    private NodeSlab slots(int node, long address, boolean huge) {
        return new NodeSlab(node, address, settings.slots(), settings.slotBytes(), huge);
    }

    /// Why [#onHugePages] gave nothing.
    private HugePool.Fallback hugeRefusal = HugePool.Fallback.TOO_FEW_FREE;

    /// All of it is brought in at once. What is free when it is counted may be gone when it is used, and where a node
    /// has none left for an access the system ends the process.
    private @Nullable Slab onHugePages(int node, long bytes) {
        long address;
        try {
            address = Posix.mapHuge(bytes, ground.pool().pageBytes());
        } catch (MemoryRefusedException _) {
            hugeRefusal = HugePool.Fallback.TOO_FEW_FREE;
            return null;
        }
        int bound = ground.binder().bind(address, bytes, node);
        int populated = Posix.populate(address, bytes);
        if (populated == 0) {
            return new Slab(slots(node, address, true), bound, Optional.empty());
        }
        Posix.unmap(address, bytes);
        // Kernels before 5.14 do not know how to bring pages in.
        hugeRefusal = populated == Errno.EINVAL ? HugePool.Fallback.NOT_DETECTABLE : HugePool.Fallback.TOO_FEW_FREE;
        return null;
    }

    private void note(String problem) {
        if (problems.size() < PROBLEMS_MAX) {
            problems.add(problem);
        }
    }
}
