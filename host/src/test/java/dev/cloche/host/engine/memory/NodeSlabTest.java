package dev.cloche.host.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Slots and their handles, without any memory under them.
class NodeSlabTest {
    private static final long SLOT = 1 << 20;

    private static NodeSlab slab(int slots) {
        return new NodeSlab(3, 1L << 40, slots, SLOT, false);
    }

    private static NumaFigures.Slots slots(NodeSlab slab) {
        return slab.figures(0, "").slots();
    }

    private static SlotHandle taken(NodeSlab slab) {
        return Objects.requireNonNull(slab.take());
    }

    private static boolean free(NodeSlab slab, SlotHandle handle) {
        boolean ended = slab.end(handle);
        if (ended) {
            slab.giveBack(handle.slot());
        }
        return ended;
    }

    @Test
    void slotsLieOneBehindTheOtherAndAreTakenOnce() {
        NodeSlab slab = slab(3);
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            addresses.add(slab.address(taken(slab)));
        }
        assertThat(addresses).containsExactlyInAnyOrder(1L << 40, (1L << 40) + SLOT, (1L << 40) + 2 * SLOT);
        assertThat(slab.take()).isNull();
        assertThat(slots(slab)).isEqualTo(new NumaFigures.Slots(3, 3, 3, 0));
    }

    @Test
    void aStaleHandleFreesNothingAndIsCounted() {
        NodeSlab slab = slab(1);
        SlotHandle first = taken(slab);
        assertThat(free(slab, first)).isTrue();
        assertThat(free(slab, first)).isFalse();
        SlotHandle second = taken(slab);
        assertThat(second).isEqualTo(new SlotHandle(3, 0, 1));
        assertThat(free(slab, first)).isFalse();
        assertThat(slots(slab).inUse()).isEqualTo(1);
        assertThat(slab.figures(0, "").stale()).isEqualTo(2);
        assertThat(slab.figures(0, "").frees()).isEqualTo(1);
    }

    @Test
    void aHandleThatNobodyGotIsStale() {
        NodeSlab slab = slab(2);
        SlotHandle handle = taken(slab);
        assertThat(slab.end(new SlotHandle(2, handle.slot(), 0))).isFalse();
        assertThat(slab.end(new SlotHandle(3, -1, 0))).isFalse();
        assertThat(slab.end(new SlotHandle(3, 2, 0))).isFalse();
        assertThat(slab.end(new SlotHandle(3, 1, 0))).isFalse();
        assertThat(slab.figures(0, "").stale()).isEqualTo(4);
        assertThat(free(slab, handle)).isTrue();
    }

    @Test
    void aLostSlotIsNeverTakenAgain() {
        NodeSlab slab = slab(2);
        SlotHandle handle = taken(slab);
        slab.end(handle);
        assertThat(slab.lose(handle.slot())).isFalse();
        assertThat(slots(slab)).isEqualTo(new NumaFigures.Slots(1, 0, 1, 1));
        assertThat(slab.isOurs(handle.slot())).isFalse();
        assertThat(slab.take()).isNotNull();
        assertThat(slab.take()).isNull();
    }

    @Test
    void theLastToGiveBackAShutSlabEndsItOnce() {
        NodeSlab slab = slab(2);
        SlotHandle first = taken(slab);
        SlotHandle second = taken(slab);
        assertThat(slab.shut()).isFalse();
        slab.end(first);
        assertThat(slab.giveBack(first.slot())).isFalse();
        assertThat(slab.take()).isNull();
        slab.end(second);
        assertThat(slab.giveBack(second.slot())).isTrue();
        assertThat(slab.shut()).isFalse();
        assertThat(slab(1).shut()).isTrue();
    }

    @Test
    void whatLiesOnHugePagesIsKnownOfEachSlot() {
        NodeSlab slab = new NodeSlab(0, 0, 2, SLOT, true);
        assertThat(slab.figures(0, "").hugeBytes()).isEqualTo(2 * SLOT);
        SlotHandle handle = taken(slab);
        assertThat(slab.useUsual(handle, 100)).isEqualTo(100);
        assertThat(slab.useUsual(handle, 50)).isEqualTo(100);
        assertThat(slab.figures(0, "").hugeBytes()).isEqualTo(2 * SLOT - 100);
        assertThat(slab(2).figures(0, "disabled").hugeBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itDoesWhatASetDoes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        NodeSlab slab = slab(random.nextInt(1, 40));
        List<SlotHandle> held = new ArrayList<>();
        List<SlotHandle> ended = new ArrayList<>();
        int highest = 0;
        for (int step = 0; step < 5_000; step++) {
            if (random.nextBoolean()) {
                SlotHandle handle = slab.take();
                assertThat(handle == null).as("seed=" + seed).isEqualTo(held.size() == slab.slots());
                if (handle != null) {
                    assertThat(held).noneMatch(other -> other.slot() == handle.slot());
                    held.add(handle);
                }
            } else if (!held.isEmpty() && random.nextInt(4) > 0) {
                SlotHandle handle = held.remove(random.nextInt(held.size()));
                assertThat(free(slab, handle)).isTrue();
                ended.add(handle);
            } else if (!ended.isEmpty()) {
                assertThat(free(slab, ended.get(random.nextInt(ended.size())))).isFalse();
            }
            highest = Math.max(highest, held.size());
            assertThat(slots(slab)).isEqualTo(new NumaFigures.Slots(slab.slots(), held.size(), highest, 0));
            assertThat(slab.freeSlots()).isEqualTo(slab.slots() - held.size());
        }
    }
}
