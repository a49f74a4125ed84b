package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.memory.Slabs.Freed;
import dev.cloche.host.engine.memory.Slabs.Ground;
import dev.cloche.host.placement.FakeMachine;
import dev.cloche.host.system.SystemFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.endive.wasm.types.MemoryLimits;

/// Which node's slab a memory comes from, on machines that tests make up; what lies there is this machine's memory.
class SlabsTest {
    private static final long SLOT = 4L << 20;
    private static final MemoryLimits LIMITS = new MemoryLimits(1, 4);
    private static final long CAP = 4L * PAGE;

    @TempDir
    Path root;

    /// The processor that tests say they run on.
    private final AtomicInteger cpu = new AtomicInteger();

    private final List<String> bound = new ArrayList<>();
    private final MappingBudget mappings = MappingBudget.ofSystem(Path.of("/nowhere"));

    private Memories memories(FakeMachine machine, int slots) {
        return memories(machine, slots, false, (_, _, node) -> {
            bound.add("node" + node);
            return 0;
        });
    }

    private Memories memories(FakeMachine machine, int slots, boolean hugePages, NodeBinder binder) {
        NumaSettings settings = new NumaSettings(true, hugePages, slots * SLOT, SLOT, machine.files());
        ForeignHome home = Objects.requireNonNull(
                Memories.of(MemorySetting.FOREIGN, false, Optional.empty(), mappings, PageMap.Way.SCAN)
                        .home());
        HugePool pool = HugePool.read(machine.files());
        Ground ground = new Ground(machine.topology(), pool, binder, cpu::get, HugePages.UNMENTIONED);
        Memories memories = MemoryKind.SCAN.memories();
        return memories.on(home.on(settings, ground));
    }

    private static NumaFigures figures(Memories memories) {
        return memories.numa().orElseThrow();
    }

    private static LinearMemory allocate(Memories memories) {
        LinearMemory memory = memories.allocate(LIMITS, CAP, 0);
        assertThat(memory.readBytes(0, PAGE)).containsOnly(0);
        memory.fill((byte) 1, 0, PAGE);
        return memory;
    }

    private static int nodeOf(LinearMemory memory) {
        SlotHandle slot = ((ForeignMemory) memory).region().slot();
        return slot == null ? -1 : slot.node();
    }

    @Test
    void aMemoryComesFromTheNodeItIsMadeOn() {
        try (Memories memories = memories(FakeMachine.of(root, 2, 2), 4)) {
            assertThat(bound).containsExactly("node0", "node1");
            for (int at = 0; at < 4; at++) {
                cpu.set(at);
                try (LinearMemory memory = allocate(memories)) {
                    assertThat(nodeOf(memory)).isEqualTo(at / 2);
                }
            }
            NumaFigures figures = figures(memories);
            assertThat(figures.fallback()).isEmpty();
            assertThat(figures.nodes()).allSatisfy(node -> {
                assertThat(node.slots()).isEqualTo(new NumaFigures.Slots(4, 0, 1, 0));
                assertThat(node.allocations()).isEqualTo(2);
                assertThat(node.frees()).isEqualTo(2);
                assertThat(node.capacityBytes()).isEqualTo(4 * SLOT);
                assertThat(node.hugeFallback()).isEqualTo("disabled");
            });
            assertThat(figures.acrossNodes())
                    .allSatisfy((_, count) -> assertThat(count).isZero());
        }
        assertThat(mappings.taken()).isZero();
    }

    @Test
    void theNearestNodeHelpsOutWhenTheLocalOneIsExhausted() {
        Memories memories = memories(FakeMachine.of(root, 4, 1), 1);
        cpu.set(2);
        List<LinearMemory> held = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            held.add(allocate(memories));
        }
        assertThat(held).extracting(SlabsTest::nodeOf).containsExactly(2, 1, 3, 0, -1);
        NumaFigures figures = figures(memories);
        assertThat(figures.acrossNodes())
                .containsEntry("local_exhausted", 3L)
                .containsEntry("node_unknown", 0L)
                .containsEntry("local_without_slab", 0L);
        assertThat(figures.outside()).containsEntry("all_exhausted", 1L);
        held.forEach(LinearMemory::close);
        memories.close();
        assertThat(mappings.taken()).isZero();
    }

    @Test
    void whereTheNodeIsUnknownTheOneWithMostRoomIsTaken() {
        try (Memories memories = memories(FakeMachine.of(root, 2, 1), 2)) {
            cpu.set(99);
            List<LinearMemory> held = List.of(allocate(memories), allocate(memories), allocate(memories));
            assertThat(held).extracting(SlabsTest::nodeOf).containsExactly(0, 1, 0);
            assertThat(figures(memories).acrossNodes()).containsEntry("node_unknown", 3L);
            held.forEach(LinearMemory::close);
        }
    }

    @Test
    void aNodeWhoseMemoryMayNotBeUsedHasNoSlab() {
        try (Memories memories = memories(FakeMachine.of(root, 2, 1).status("0-1", "0"), 2)) {
            cpu.set(1);
            try (LinearMemory memory = allocate(memories)) {
                assertThat(nodeOf(memory)).isZero();
            }
            NumaFigures figures = figures(memories);
            assertThat(figures.acrossNodes()).containsEntry("local_without_slab", 1L);
            assertThat(figures.fallback()).isEqualTo("single_numa_node");
            assertThat(figures.problems()).containsExactly("the node has no memory for this process, node=1");
        }
    }

    @Test
    void withoutATopologyMemoriesHaveMappingsOfTheirOwnAndTheReasonIsTold() {
        try (Memories memories = memories(new FakeMachine(root), 2);
                LinearMemory memory = allocate(memories)) {
            assertThat(nodeOf(memory)).isEqualTo(-1);
            assertThat(figures(memories).fallback()).isEqualTo("topology_unavailable");
            assertThat(figures(memories).outside()).containsEntry("no_slab", 1L);
        }
    }

    @Test
    void aMemoryLargerThanASlotHasAMappingOfItsOwn() {
        try (Memories memories = memories(FakeMachine.of(root, 1, 1), 2);
                LinearMemory memory = memories.allocate(new MemoryLimits(1, 65), 65L * PAGE, 0)) {
            assertThat(memory.grow(64)).isEqualTo(1);
            memory.writeI32(65 * PAGE - 4, 7);
            assertThat(figures(memories).outside()).containsEntry("larger_than_slot", 1L);
            assertThat(figures(memories).nodes().getFirst().allocations()).isZero();
        }
    }

    @Test
    void aSystemThatDoesNotBindIsToldOfAndServedAllTheSame() {
        try (Memories memories = memories(FakeMachine.of(root, 1, 1), 2, false, (_, _, _) -> 1);
                LinearMemory memory = allocate(memories)) {
            assertThat(nodeOf(memory)).isZero();
            assertThat(figures(memories).nodes().getFirst().bindErrno()).isEqualTo(1);
            assertThat(figures(memories).toJson()).contains("\"bound\":false,\"bind_errno\":1");
        }
    }

    @Test
    void freeingWithAStaleHandleFreesNothingAndSaysSo() {
        Memories memories = memories(FakeMachine.of(root, 1, 1), 1);
        Slabs slabs =
                Objects.requireNonNull(Objects.requireNonNull(memories.home()).slabs());
        Region first = Objects.requireNonNull(slabs.map(CAP, null));
        assertThat(slabs.free(first, CAP)).isEqualTo(Freed.FREED);
        assertThat(slabs.free(first, CAP)).isEqualTo(Freed.STALE);
        try (LinearMemory memory = allocate(memories)) {
            assertThat(((ForeignMemory) memory).address()).isEqualTo(first.address());
            assertThat(slabs.free(first, CAP)).isEqualTo(Freed.STALE);
            assertThat(memory.readBytes(0, PAGE)).containsOnly(1);
            assertThat(figures(memories).nodes().getFirst().stale()).isEqualTo(2);
        }
        assertThatThrownBy(() -> slabs.free(Region.ofItsOwn(0, 0), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "false, 2048, 512, disabled",
        "true, 0, 512, not_detectable",
        "true, 3, 512, not_detectable",
        "true, 2048, 3, too_few_free",
        "true, 1048576, 512, size_not_aligned"
    })
    void whyHugePagesAreNotUsedIsTold(boolean wanted, long kib, long free, String reason) {
        FakeMachine machine = FakeMachine.of(root, 1, 1).hugePages(0, kib, 600, free);
        try (Memories memories = memories(machine, 2, wanted, (_, _, _) -> 0);
                LinearMemory memory = allocate(memories)) {
            assertThat(nodeOf(memory)).isZero();
            NumaFigures figures = figures(memories);
            assertThat(figures.nodes().getFirst().hugeFallback()).isEqualTo(reason);
            assertThat(figures.hugeShare()).isZero();
            if (!reason.equals("not_detectable")) {
                assertThat(figures.huge()).isEqualTo(new NumaFigures.Huge(kib << 10, 600, free));
            }
        }
    }

    @Test
    void aPoolThatIsGoneWhenItIsNeededIsTooSmall() {
        // Far more than any machine that runs this has.
        FakeMachine machine = FakeMachine.of(root, 1, 1).hugePages(0, 2_048, 1L << 40, 1L << 40);
        NumaSettings settings = new NumaSettings(true, true, 1L << 40, 64L << 20, machine.files());
        Ground ground = new Ground(
                machine.topology(), HugePool.read(machine.files()), (_, _, _) -> 0, cpu::get, HugePages.UNMENTIONED);
        try (Slabs slabs = Slabs.open(settings, ground, mappings)) {
            assertThat(slabs.figures().nodes().getFirst().hugeFallback()).isEqualTo("too_few_free");
        }
        assertThat(mappings.taken()).isZero();
    }

    @Test
    void aNodeForWhichTooFewMappingsAreLeftHasNoSlab() {
        mappings.take((int) mappings.limit() - 4);
        try (Memories memories = memories(FakeMachine.of(root, 1, 1), 8)) {
            assertThat(figures(memories).nodes()).isEmpty();
            assertThat(figures(memories).problems()).singleElement().asString().startsWith("the node has no slab: ");
        }
    }

    @Test
    void imagesThatAreUsedOnTwoNodesHaveAFileOnEach() {
        long files = ProcessFigures.files();
        Memories memories = memories(FakeMachine.of(root, 2, 1), 8);
        LinearMemory original = allocate(memories);
        MemoryImage image = original.capture();
        LinearMemory near = image.stamp(LIMITS, CAP);
        cpu.set(1);
        LinearMemory far = image.stamp(LIMITS, CAP);
        LinearMemory farToo = image.stamp(LIMITS, CAP);
        assertThat(List.of(near, far, farToo)).extracting(SlabsTest::nodeOf).containsExactly(0, 1, 1);
        String nearFile = SystemMaps.fileAt(((ForeignMemory) near).address());
        String farFile = SystemMaps.fileAt(((ForeignMemory) far).address());
        assertThat(nearFile).contains("cloche-image").isNotEqualTo(farFile);
        assertThat(farFile).contains("cloche-image");
        assertThat(SystemMaps.fileAt(((ForeignMemory) farToo).address())).isEqualTo(farFile);
        assertThat(far.readBytes(0, PAGE)).isEqualTo(near.readBytes(0, PAGE)).containsOnly(1);
        far.fill((byte) 2, 0, PAGE);
        MemoryKind.reset(far);
        assertThat(far.readBytes(0, PAGE)).containsOnly(1);
        List.of(original, near, far, farToo).forEach(LinearMemory::close);
        image.close();
        assertThat(figures(memories).nodes())
                .allSatisfy(node -> assertThat(node.slots().inUse()).isZero());
        memories.close();
        assertThat(ProcessFigures.files()).isLessThanOrEqualTo(files + 1);
        assertThat(mappings.taken()).isZero();
    }

    @Test
    void aSpareMappingGoesToTheNextMemoryOfItsNodeAlone() {
        Memories memories = memories(FakeMachine.of(root, 2, 1), 8);
        try (LinearMemory original = allocate(memories);
                MemoryImage image = original.capture()) {
            image.stamp(LIMITS, CAP).close();
            assertThat(memories.figures().spares()).isEqualTo(1);
            cpu.set(1);
            try (LinearMemory far = image.stamp(LIMITS, CAP)) {
                assertThat(nodeOf(far)).isEqualTo(1);
                cpu.set(0);
                try (LinearMemory near = image.stamp(LIMITS, CAP)) {
                    assertThat(nodeOf(near)).isZero();
                    assertThat(memories.figures().spares()).isZero();
                }
            }
        }
        memories.close();
        assertThat(mappings.taken()).isZero();
    }

    @Test
    void closedSlabsGoWithTheLastMemoryInThem() {
        Memories memories = memories(FakeMachine.of(root, 1, 1), 8);
        LinearMemory memory = allocate(memories);
        memories.close();
        memories.close();
        memory.writeI32(0, 5);
        assertThat(memory.readInt(0)).isEqualTo(5);
        try (LinearMemory after = allocate(memories)) {
            assertThat(nodeOf(after)).isEqualTo(-1);
        }
        assertThat(mappings.taken()).isPositive();
        memory.close();
        assertThat(mappings.taken()).isZero();
    }

    @Test
    void sizesThatMakeNoSlabAreErrors() {
        assertThatThrownBy(() -> new NumaSettings(true, false, SLOT - 1, SLOT, SystemFiles.OWN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("slab=4194303 slot=4194304");
        assertThatThrownBy(() -> new NumaSettings(true, false, 1L << 41, 64L << 20, SystemFiles.OWN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(NumaSettings.OFF.enabled()).isFalse();
    }
}
