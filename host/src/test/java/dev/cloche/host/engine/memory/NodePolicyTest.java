package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.placement.Topology;
import dev.cloche.host.system.SystemFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.endive.wasm.types.MemoryLimits;

/// Binding for real: the system is asked what it did.
class NodePolicyTest {
    private static final int IMAGE_PAGES = 2;
    private static final int PAGES_MAX = 8;
    private static final MemoryLimits LIMITS = new MemoryLimits(IMAGE_PAGES, PAGES_MAX);
    private static final long CAP = PAGES_MAX * (long) PAGE;
    private static final long SLOT = 1L << 20;

    private static Memories memories(int slots, boolean hugePages, long slot) {
        return MemoryKind.slabs(new NumaSettings(true, hugePages, slots * slot, slot, SystemFiles.OWN));
    }

    private static void assertBound(LinearMemory memory, long at) {
        SlotHandle slot =
                Objects.requireNonNull(((ForeignMemory) memory).region().slot());
        assertThat(SystemMaps.policyAt(((ForeignMemory) memory).address() + at)).contains(" bind:" + slot.node() + " ");
    }

    /// At its beginning, in what is behind its image, and at its end.
    private static void assertBound(LinearMemory memory) {
        assertBound(memory, 0);
        assertBound(memory, IMAGE_PAGES * PAGE);
        assertBound(memory, CAP - 1);
    }

    private static void assertBound(LinearMemory memory, boolean asked) {
        if (asked) {
            assertBound(memory);
        }
    }

    private static MemoryImage image(Memories memories) {
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 0)) {
            assertBound(memory);
            memory.fill((byte) 7, 0, IMAGE_PAGES * PAGE);
            assertBound(memory);
            return memory.capture();
        }
    }

    /// Grows a memory to its maximum and writes to all of it.
    private static void write(LinearMemory memory) {
        memory.enter();
        assertAll(memory, 0, IMAGE_PAGES * PAGE, 7);
        memory.grow(memory.maximumPages() - IMAGE_PAGES);
        assertAll(memory, IMAGE_PAGES * PAGE, memory.maximumPages() * PAGE, 0);
        memory.fill((byte) 9, 0, memory.maximumPages() * PAGE);
        memory.exit();
    }

    private static void assertAll(LinearMemory memory, int from, int to, int value) {
        byte[] expected = new byte[to - from];
        Arrays.fill(expected, (byte) value);
        assertThat(Arrays.mismatch(memory.readBytes(from, to - from), expected)).isEqualTo(-1);
    }

    @Test
    void memoriesAreBoundToTheirNodeThroughStampResetAndReuse() {
        try (Memories memories = memories(1, false, SLOT);
                MemoryImage image = image(memories)) {
            for (int i = 0; i < 4 * HotPages.SAMPLE_EVERY; i++) {
                // The system takes long to tell.
                boolean asked = i < 2 || i % HotPages.SAMPLE_EVERY == 0;
                try (LinearMemory memory = image.stamp(LIMITS, CAP)) {
                    assertBound(memory, asked);
                    write(memory);
                    assertBound(memory, asked);
                    MemoryKind.reset(memory);
                    assertAll(memory, 0, IMAGE_PAGES * PAGE, 7);
                    assertBound(memory, asked);
                }
            }
        }
    }

    @Test
    void aSlotThatShowedAnImageIsZerosAndBoundForTheNext() {
        try (Memories memories = memories(1, false, SLOT)) {
            long address;
            try (MemoryImage image = image(memories);
                    LinearMemory memory = image.stamp(LIMITS, CAP)) {
                write(memory);
                address = ((ForeignMemory) memory).address();
                assertThat(SystemMaps.fileAt(address)).contains("cloche-image");
            }
            assertThat(SystemMaps.fileAt(address)).doesNotContain("cloche-image");
            try (LinearMemory next = memories.allocate(new MemoryLimits(PAGES_MAX, PAGES_MAX), CAP, 0)) {
                assertThat(((ForeignMemory) next).address()).isEqualTo(address);
                assertAll(next, 0, PAGES_MAX * PAGE, 0);
                assertBound(next);
            }
            NumaFigures figures = memories.numa().orElseThrow();
            assertThat(figures.unbound()).isZero();
            assertThat(figures.nodes().getFirst().bindErrno()).isZero();
        }
    }

    @Test
    void aMachineOfOneNodeSaysSo() {
        int nodes = Topology.read(SystemFiles.OWN).nodes().size();
        try (Memories memories = memories(1, false, SLOT)) {
            assertThat(memories.numa().orElseThrow().fallback()).isEqualTo(nodes == 1 ? "single_numa_node" : "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_023, 1_024})
    void aNodeThatThereIsNotIsRefusedWithTheReason(int node) {
        long address = Posix.mapAnonymous(PAGE);
        try {
            assertThat(NodePolicy.bind(address, PAGE, node)).isEqualTo(22);
            assertThat(SystemMaps.policyAt(address)).contains(" default ");
        } finally {
            Posix.unmap(address, PAGE);
        }
    }

    /// Where the machine has huge pages set aside they are used; elsewhere the reason is told. Either way memories do
    /// what they should.
    @Test
    void memoriesOnHugePagesAreMemoriesLikeAll() {
        int pages = 64;
        long slot = pages * (long) PAGE;
        MemoryLimits limits = new MemoryLimits(IMAGE_PAGES, pages);
        try (Memories memories = memories(2, true, slot)) {
            NumaFigures before = memories.numa().orElseThrow();
            NumaFigures.Node node = before.nodes().getFirst();
            assertThat(node.hugeFallback().isEmpty()).isEqualTo(before.hugeShare() > 0);
            try (MemoryImage image = image(memories)) {
                for (int i = 0; i < HotPages.SAMPLE_EVERY + 10; i++) {
                    try (LinearMemory memory = image.stamp(limits, slot);
                            LinearMemory other = image.stamp(limits, slot - PAGE)) {
                        write(memory);
                        write(other);
                        MemoryKind.reset(memory);
                        write(memory);
                        if (i % 3 == 0) {
                            MemoryKind.reset(memory);
                        }
                    }
                }
            }
            for (int i = 0; i < 2; i++) {
                try (LinearMemory whole = memories.allocate(new MemoryLimits(pages, pages), slot, 0);
                        LinearMemory other = memories.allocate(new MemoryLimits(pages, pages), slot, 0)) {
                    assertAll(whole, 0, pages * PAGE, 0);
                    assertAll(other, 0, pages * PAGE, 0);
                    whole.fill((byte) 1, 0, pages * PAGE);
                    other.fill((byte) 1, 0, pages * PAGE);
                }
            }
            NumaFigures after = memories.numa().orElseThrow();
            assertThat(after.hugeShare()).isEqualTo(before.hugeShare() / 2);
            assertThat(after.outside().values()).containsOnly(0L);
        }
    }

    @Test
    void manyThreadsThatWantMoreSlotsThanThereAreGetOnlyTheirOwn() throws Exception {
        Memories memories = memories(6, false, SLOT);
        try (MemoryImage image = image(memories);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                byte mine = (byte) (t + 20);
                work.add(() -> useOften(memories, image, mine));
            }
            for (Future<Boolean> each : threads.invokeAll(work)) {
                assertThat(each.get()).isTrue();
            }
        }
        NumaFigures.Node node = memories.numa().orElseThrow().nodes().getFirst();
        assertThat(node.slots().inUse()).isZero();
        assertThat(node.slots().lost()).isZero();
        assertThat(node.stale()).isZero();
        assertThat(node.frees()).isEqualTo(node.allocations());
        memories.close();
        assertThat(memories.figures().mappings()).isZero();
    }

    private static boolean useOften(Memories memories, MemoryImage image, byte mine) {
        boolean clean = true;
        byte[] zeros = new byte[PAGE];
        byte[] own = new byte[PAGE];
        Arrays.fill(own, mine);
        for (int i = 0; i < 300; i++) {
            try (LinearMemory stamped = image.stamp(LIMITS, CAP);
                    LinearMemory plain = memories.allocate(LIMITS, CAP, 0)) {
                stamped.enter();
                clean &= stamped.read(0) == 7 && Arrays.equals(plain.readBytes(0, PAGE), zeros);
                stamped.fill(mine, 0, PAGE);
                plain.fill(mine, 0, PAGE);
                clean &= Arrays.equals(stamped.readBytes(0, PAGE), own) && Arrays.equals(plain.readBytes(0, PAGE), own);
                stamped.exit();
            }
        }
        return clean;
    }
}
