package dev.cloche.host.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.placement.Topology.Cpu;
import dev.cloche.host.placement.Topology.Node;
import dev.cloche.host.system.SystemFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is made of what the system says, sound and broken.
class TopologyTest {
    private static final String NODE = "sys/devices/system/node/node";

    @TempDir
    Path root;

    private static List<Integer> ids(Node node) {
        return node.cpus().stream().map(Cpu::id).toList();
    }

    @Test
    void oneNodeIsReadWithAllThatIsSaidOfIt() {
        Topology topology = FakeMachine.of(root, 1, 4).topology();
        assertThat(topology.fallback()).contains(Fallback.SINGLE_NUMA_NODE);
        assertThat(topology.notes()).isEmpty();
        assertThat(topology.nodes())
                .containsExactly(new Node(
                        0,
                        List.of(new Cpu(0, 0, 0), new Cpu(1, 0, 0), new Cpu(2, 1, 0), new Cpu(3, 1, 0)),
                        FakeMachine.NODE_BYTES,
                        FakeMachine.NODE_BYTES / 2,
                        true,
                        List.of(10)));
        assertThat(topology.toJson())
                .startsWith("{\"fallback\":\"single_numa_node\",\"nodes\":[{\"node\":0,\"cpus\":[{\"cpu\":0,")
                .contains("\"memory_bytes\":1073741824", "\"distances\":[10]")
                .endsWith("\"notes\":[]}");
    }

    @Test
    void twoNodesNeedNoFallback() {
        Topology topology = FakeMachine.of(root, 2, 2).topology();
        assertThat(topology.fallback()).isEmpty();
        assertThat(topology.computing()).extracting(Node::id).containsExactly(0, 1);
        assertThat(topology.nodeOf(1)).isZero();
        assertThat(topology.nodeOf(2)).isEqualTo(1);
        assertThat(topology.nodeOf(4)).isEqualTo(-1);
    }

    @Test
    void ofFourNodesTheNearestComeFirst() {
        Topology topology = FakeMachine.of(root, 4, 2).topology();
        assertThat(topology.distance(3, 3)).isEqualTo(10);
        assertThat(topology.distance(3, 0)).isEqualTo(40);
        assertThat(topology.nearest(2)).extracting(Node::id).containsExactly(2, 1, 3, 0);
    }

    @Test
    void withoutDistancesOtherNodesAreAsFarAsUsual() {
        FakeMachine machine = FakeMachine.of(root, 2, 2);
        Topology topology = machine.write(NODE + "0/distance", "ten twenty").topology();
        assertThat(topology.distance(0, 0)).isEqualTo(Topology.LOCAL_DISTANCE);
        assertThat(topology.distance(0, 1)).isEqualTo(Topology.USUAL_DISTANCE);
        assertThat(topology.notes()).containsExactly("the node's distances are not told, file=" + NODE + "0/distance");
    }

    @Test
    void onlyProcessorsThatAreOnlineAndAllowedCount() {
        FakeMachine machine = FakeMachine.of(root, 2, 4);
        machine.write("sys/devices/system/cpu/online", "0-2,4-7");
        assertThat(ids(machine.topology().nodes().getFirst())).containsExactly(0, 1, 2);
        machine.status("1-5", "0-1");
        assertThat(ids(machine.topology().nodes().getFirst())).containsExactly(1, 2);
        assertThat(ids(machine.topology().nodes().getLast())).containsExactly(4, 5);
    }

    @Test
    void aControlGroupOfEitherVersionLimitsThem() {
        FakeMachine machine = FakeMachine.of(root, 1, 4).write("proc/self/cgroup", "0::/pod/one");
        machine.write("sys/fs/cgroup/pod/one/cpuset.cpus.effective", "2-3");
        assertThat(ids(machine.topology().nodes().getFirst())).containsExactly(2, 3);
        machine.write("proc/self/cgroup", "0::/\n3:cpu,cpuset:/old");
        machine.write("sys/fs/cgroup/cpuset/old/cpuset.effective_cpus", "1");
        assertThat(ids(machine.topology().nodes().getFirst())).containsExactly(1);
        machine.write("proc/self/cgroup", "0::/../../etc\nnonsense\n::");
        assertThat(ids(machine.topology().nodes().getFirst())).hasSize(4);
    }

    @Test
    void aNodeWithoutProcessorsStaysForItsMemory() {
        FakeMachine machine = FakeMachine.of(root, 1, 2).node(1, "", "20 10");
        Topology topology = machine.status("0-1", "0").topology();
        assertThat(topology.fallback()).contains(Fallback.SINGLE_NUMA_NODE);
        assertThat(topology.computing()).extracting(Node::id).containsExactly(0);
        assertThat(topology.nodes()).extracting(Node::id).containsExactly(0, 1);
        assertThat(topology.nodes()).extracting(Node::memoryAllowed).containsExactly(true, false);
    }

    @Test
    void aMachineThatSaysNothingIsUnavailable() {
        Topology topology = Topology.read(new SystemFiles(root));
        assertThat(topology.fallback()).contains(Fallback.TOPOLOGY_UNAVAILABLE);
        assertThat(topology.nodes()).isEmpty();
        assertThat(topology.notes()).containsExactly("there is no such folder, file=sys/devices/system/node");
        assertThat(Topology.read(new SystemFiles(root.resolve("absent"))).fallback())
                .contains(Fallback.TOPOLOGY_UNAVAILABLE);
    }

    @Test
    void aFolderWithoutNodesIsEmpty() {
        Topology topology = new FakeMachine(root)
                .write("sys/devices/system/node/online", "0")
                .topology();
        assertThat(topology.fallback()).contains(Fallback.TOPOLOGY_EMPTY);
        assertThat(topology.notes()).contains("the folder has no nodes, file=sys/devices/system/node");
    }

    @Test
    void aNodeWhoseFilesAreGoneHasNothing() {
        Topology topology = new FakeMachine(root).write(NODE + "0/other", "").topology();
        assertThat(topology.fallback()).contains(Fallback.TOPOLOGY_EMPTY);
        assertThat(topology.nodes()).containsExactly(new Node(0, List.of(), 0, 0, true, List.of()));
        assertThat(topology.notes()).contains("it cannot be read, file=" + NODE + "0/cpulist");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "1-",
                "-1",
                "3-1",
                "0-1,,2",
                "0x1",
                "1.5",
                "0-4000000000",
                "0-999999999",
                "8192",
                "0 1",
                "١",
                "99999999999999999999999999999999999999999999999999999999999999999999999999999999"
            })
    void garbageIsNotedAndCountsForNothing(String garbage) {
        FakeMachine machine = FakeMachine.of(root, 2, 2).write(NODE + "0/cpulist", garbage);
        Topology topology = machine.topology();
        assertThat(topology.computing()).extracting(Node::id).containsExactly(1);
        assertThat(topology.notes()).singleElement().asString().endsWith("file=" + NODE + "0/cpulist");
        assertThat(topology.notes().getFirst()).hasSizeLessThan(200);
        Topology unlimited = machine.write(NODE + "0/cpulist", "0-1")
                .write("sys/devices/system/cpu/online", garbage)
                .status(garbage, garbage)
                .topology();
        assertThat(unlimited.computing()).hasSize(2);
        assertThat(unlimited.notes()).hasSize(3);
    }

    @Test
    void whatIsTooLargeToBelieveIsCutOff() {
        FakeMachine machine = FakeMachine.of(root, 1, 2);
        machine.write(NODE + "1/cpulist", "0,".repeat(1 << 20)).write(NODE + "99999999999/cpulist", "0");
        Topology topology = machine.topology();
        assertThat(topology.nodes()).extracting(Node::id).containsExactly(0, 1);
        for (int node = 2; node < Topology.NODES_MAX + 8; node++) {
            machine.write(NODE + node + "/cpulist", "nothing");
        }
        assertThat(machine.topology().nodes()).hasSize(Topology.NODES_MAX);
        assertThat(machine.topology().notes()).hasSize(TopologyReader.NOTES_MAX);
    }

    @Test
    void aProcessorThatNothingIsToldOfIsACoreOfItsOwn() {
        FakeMachine machine = new FakeMachine(root).node(0, "0-1,6", "10");
        assertThat(machine.topology().nodes().getFirst().cpus())
                .containsExactly(new Cpu(0, 0, 0), new Cpu(1, 1, 0), new Cpu(6, 6, 0));
    }

    @Test
    void thisMachineHasProcessors() {
        Topology topology = Topology.read(SystemFiles.OWN);
        assertThat(topology.computing()).isNotEmpty();
        assertThat(topology.nodes().getFirst().memoryBytes()).isPositive();
    }
}
