package dev.cloche.host.engine.memory;

import dev.cloche.host.placement.Fallback;
import dev.cloche.host.placement.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The slabs of one host, one a node. Safe for use by many threads.
///
/// A memory gets a slot of the node that it is made on, or of the nearest with a free one. A slot is bound to its node
/// as a part of its slab. An image is mapped over its beginning, which ends the binding there: it is bound again. When
/// it is freed, anonymous pages are mapped over it, which are zeros, and bound.
final class Slabs implements AutoCloseable {
    /// Why a memory has a slot of another node.
    enum Across {
        /// All slots of the node it was made on are in use.
        LOCAL_EXHAUSTED,
        /// That node has no slab.
        LOCAL_WITHOUT_SLAB,
        /// It is not known which node it was made on.
        NODE_UNKNOWN
    }

    /// Why a memory has no slot.
    enum Outside {
        /// It may grow larger than a slot.
        LARGER_THAN_SLOT,
        /// All slots of all nodes are in use.
        ALL_EXHAUSTED,
        /// No node has a slab.
        NO_SLAB
    }

    /// What came of freeing a slot.
    enum Freed {
        FREED,
        /// The handle had ended before; nothing is changed.
        STALE,
        /// The system did not let it be wiped: it is not used again.
        LOST
    }

    /// What a slab is made on.
    ///
    /// @param binder how memory is bound to a node
    /// @param cpu tells the processor that runs the calling thread
    record Ground(Topology topology, HugePool pool, NodeBinder binder, IntSupplier cpu, HugePages habit) {}

    /// @param bindErrno zero if the system bound it
    /// @param hugeFallback empty if it lies on huge pages
    record Slab(NodeSlab slots, int bindErrno, Optional<HugePool.Fallback> hugeFallback) {
        int node() {
            return slots.node();
        }

        boolean bound() {
            return bindErrno == 0;
        }
    }

    private final Ground ground;
    private final MappingBudget mappings;
    private final NumaSettings settings;
    private final List<Slab> slabs;
    private final List<String> problems;

    /// What files of images are a whole number of, in bytes.
    private final long fileUnit;

    private final ReasonCounts<Across> across = new ReasonCounts<>(Across.class);
    private final ReasonCounts<Outside> outside = new ReasonCounts<>(Outside.class);
    private final AtomicLong unbound = new AtomicLong();

    private Slabs(Ground ground, MappingBudget mappings, NumaSettings settings, SlabMaker maker) {
        this.ground = ground;
        this.mappings = mappings;
        this.settings = settings;
        this.slabs = maker.slabs();
        this.problems = maker.problems();
        boolean huge = slabs.stream().anyMatch(slab -> slab.hugeFallback().isEmpty());
        this.fileUnit = huge ? ground.pool().pageBytes() : 1;
    }

    /// Makes a slab for each node that has memory for this process. Where that fails, the node has none.
    static Slabs open(NumaSettings settings, Ground ground, MappingBudget mappings) {
        SlabMaker maker = new SlabMaker(settings, ground, mappings);
        maker.make();
        return new Slabs(ground, mappings, settings, maker);
    }

    /// How many there are.
    int count() {
        return slabs.size();
    }

    /// The node that runs the calling thread; -1 where that is unknown.
    int localNode() {
        return ground.topology().nodeOf(ground.cpu().getAsInt());
    }

    /// The length of the file of an image: huge pages behind it must begin at a whole one.
    long fileBytes(long length) {
        return (length + fileUnit - 1) / fileUnit * fileUnit;
    }

    int bind(long address, long bytes, int node) {
        return ground.binder().bind(address, bytes, node);
    }

    /// A slot that shows the image, or zeros if there is none; null if there is no slot to be had, which is counted.
    ///
    /// @throws MemoryRefusedException if the system does not map the image
    @Nullable
    Region map(long reserved, @Nullable ForeignImage image) {
        if (slabs.isEmpty()) {
            return without(Outside.NO_SLAB);
        }
        if (reserved > settings.slotBytes()) {
            return without(Outside.LARGER_THAN_SLOT);
        }
        int local = localNode();
        for (Slab slab : order(local)) {
            SlotHandle handle = slab.slots().take();
            if (handle != null) {
                countAcross(slab, local);
                return region(slab, handle, reserved, image);
            }
        }
        return without(Outside.ALL_EXHAUSTED);
    }

    private @Nullable Region without(Outside reason) {
        outside.count(reason);
        return null;
    }

    /// The nearest first; where it is unknown what is near, those with most room.
    private List<Slab> order(int local) {
        if (slabs.size() == 1) {
            return slabs;
        }
        List<Slab> order = new ArrayList<>(slabs);
        Comparator<Slab> best = local < 0
                ? Comparator.comparingInt(slab -> -slab.slots().freeSlots())
                : Comparator.comparingInt(slab -> ground.topology().distance(local, slab.node()));
        order.sort(best);
        return order;
    }

    private void countAcross(Slab slab, int local) {
        if (local < 0) {
            across.count(Across.NODE_UNKNOWN);
        } else if (slab.node() != local) {
            boolean has = slabs.stream().anyMatch(each -> each.node() == local);
            across.count(has ? Across.LOCAL_EXHAUSTED : Across.LOCAL_WITHOUT_SLAB);
        }
    }

    private Region region(Slab slab, SlotHandle handle, long reserved, @Nullable ForeignImage image) {
        long address = slab.slots().address(handle);
        boolean done = false;
        try {
            long shown = image == null ? 0 : fileBytes(image.length());
            if (image != null && shown > 0) {
                show(slab, address, shown, image);
            }
            long usual = slab.slots().useUsual(handle, shown);
            done = true;
            return new Region(address, reserved, Math.min(reserved, usual), handle);
        } finally {
            if (!done) {
                // Nothing may be there any more, or what somebody else has mapped since: it is left alone.
                slab.slots().end(handle);
                endOf(slab, slab.slots().lose(handle.slot()));
            }
        }
    }

    private void show(Slab slab, long address, long bytes, ForeignImage image) {
        int own = image.fileOn(slab.node());
        Posix.mapOver(address, bytes, own < 0 ? image.file() : own);
        ground.habit().advise(address, bytes);
        if (own < 0) {
            unbound.incrementAndGet();
        } else {
            bindAgain(slab, address, bytes);
        }
    }

    private void bindAgain(Slab slab, long address, long bytes) {
        if (slab.bound() && bind(address, bytes, slab.node()) != 0) {
            unbound.incrementAndGet();
        }
    }

    /// Lets a slot be taken again, as zeros.
    ///
    /// @param extent what of it may be other than zeros, in bytes from its beginning
    Freed free(Region region, long extent) {
        SlotHandle handle = region.slot();
        if (handle == null) {
            throw new IllegalArgumentException("this is not a slot, address=" + region.address());
        }
        Slab slab = slabOf(handle);
        if (!slab.slots().end(handle)) {
            return Freed.STALE;
        }
        boolean restored = false;
        try {
            region.wipe(extent);
            long usual = slab.slots().useUsual(handle, 0);
            if (usual > 0) {
                Posix.mapAnonymousOver(region.address(), usual);
                ground.habit().advise(region.address(), usual);
                bindAgain(slab, region.address(), usual);
            }
            restored = true;
        } catch (MemoryRefusedException _) {
            return Freed.LOST;
        } finally {
            int slot = handle.slot();
            endOf(slab, restored ? slab.slots().giveBack(slot) : slab.slots().lose(slot));
        }
        return Freed.FREED;
    }

    private Slab slabOf(SlotHandle handle) {
        for (Slab slab : slabs) {
            if (slab.node() == handle.node()) {
                return slab;
            }
        }
        throw new IllegalArgumentException("there is no such slab, node=" + handle.node());
    }

    /// Gives out no slots any more, and gives each slab back to the system when nobody has a slot of it. Idempotent.
    @Override
    public void close() {
        slabs.forEach(slab -> endOf(slab, slab.slots().shut()));
    }

    private void endOf(Slab slab, boolean over) {
        if (!over) {
            return;
        }
        NodeSlab slots = slab.slots();
        for (int slot = 0; slot < slots.slots(); slot++) {
            if (slots.isOurs(slot)) {
                Posix.unmap(slots.address() + slot * slots.slotBytes(), slots.slotBytes());
            }
        }
        mappings.giveBack(SlabMaker.mappings(slots.slots()));
    }

    NumaFigures figures() {
        String fallback = slabs.size() == 1
                ? Fallback.SINGLE_NUMA_NODE.label()
                : ground.topology().fallback().map(Fallback::label).orElse("");
        HugePool pool = ground.pool();
        return new NumaFigures(
                slabs.stream().map(Slabs::figures).toList(),
                fallback,
                across.byLabel(),
                outside.byLabel(),
                unbound.get(),
                new NumaFigures.Huge(pool.pageBytes(), pool.total(), pool.free()),
                problems);
    }

    private static NumaFigures.Node figures(Slab slab) {
        return slab.slots()
                .figures(
                        slab.bindErrno(),
                        slab.hugeFallback().map(HugePool.Fallback::label).orElse(""));
    }
}
