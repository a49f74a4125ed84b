package dev.cloche.host.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.placement.Placement.Bound;
import dev.cloche.host.placement.Placement.Outcome;
import dev.cloche.host.placement.PlacementPlan.Binding;
import dev.cloche.host.placement.ThreadAffinity.Answer;
import dev.cloche.host.system.SystemFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which shard gets which core, and what comes of binding it.
class PlacementTest {
    @TempDir
    Path root;

    private PlacementPlan plan(int nodes, int cpusEach, int shards) {
        return PlacementPlan.of(FakeMachine.of(root, nodes, cpusEach).topology(), shards, Affinity.ADVISORY);
    }

    private static List<Integer> cores(PlacementPlan plan) {
        return plan.bindings().stream().map(Binding::core).toList();
    }

    @Test
    void shardsGoOverNodesThenCoresThenProcessorsOfACore() {
        PlacementPlan plan = plan(2, 4, 8);
        assertThat(plan.fallback()).isEmpty();
        assertThat(cores(plan)).containsExactly(0, 4, 2, 6, 1, 5, 3, 7);
        assertThat(plan.bindings()).extracting(Binding::node).containsExactly(0, 1, 0, 1, 0, 1, 0, 1);
        assertThat(plan.bindings()).extracting(Binding::shard).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void fourNodesGetAShardEachBeforeAnyGetsTwo() {
        assertThat(cores(plan(4, 2, 6))).containsExactly(0, 2, 4, 6, 1, 3);
    }

    @Test
    void moreShardsThanProcessorsShareThemInTheSameOrder() {
        PlacementPlan plan = plan(1, 2, 5);
        assertThat(plan.fallback()).contains(Fallback.SINGLE_NUMA_NODE);
        assertThat(cores(plan)).containsExactly(0, 1, 0, 1, 0);
        assertThat(plan).isEqualTo(plan(1, 2, 5));
    }

    @Test
    void aSmallNodeIsSkippedOnceItIsUsedUp() {
        FakeMachine machine = new FakeMachine(root).node(0, "0", "10 20").node(1, "1-3", "20 10");
        assertThat(cores(PlacementPlan.of(machine.topology(), 4, Affinity.STRICT)))
                .containsExactly(0, 1, 2, 3);
    }

    @Test
    void theManifestIsJson() {
        assertThat(plan(2, 1, 2).toJson())
                .isEqualTo("{\"affinity\":\"advisory\",\"shards\":2,\"fallback\":null,"
                        + "\"bindings\":[{\"shard\":0,\"core\":0,\"node\":0},{\"shard\":1,\"core\":1,\"node\":1}],"
                        + "\"advice\":[{\"shard\":0,\"core\":0,\"node\":0},{\"shard\":1,\"core\":1,\"node\":1}]}");
        Topology none = Topology.read(new SystemFiles(root.resolve("absent")));
        assertThat(PlacementPlan.of(none, 1, Affinity.STRICT).toJson())
                .isEqualTo("{\"affinity\":\"strict\",\"shards\":1,\"fallback\":\"topology_unavailable\","
                        + "\"bindings\":[],\"advice\":[]}");
    }

    @Test
    void onlyAnAdvisoryPlanAdvises() {
        Topology topology = FakeMachine.of(root, 2, 2).topology();
        assertThat(PlacementPlan.of(topology, 2, Affinity.ADVISORY).advice())
                .containsExactly(new Binding(0, 0, 0), new Binding(1, 2, 1));
        assertThat(PlacementPlan.of(topology, 2, Affinity.STRICT).advice()).isEmpty();
        assertThat(PlacementPlan.of(topology, 2, Affinity.DISABLED).advice()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65, Integer.MAX_VALUE})
    void aNumberOfShardsOutOfBoundsIsAnError(int shards) {
        Topology topology = FakeMachine.of(root, 1, 1).topology();
        assertThatThrownBy(() -> Placement.of(topology, shards, Affinity.DISABLED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("shards=" + shards);
    }

    @ParameterizedTest
    @EnumSource(names = {"DISABLED", "ADVISORY"})
    void nothingIsPinnedUnlessItIsAskedForStrictly(Affinity affinity) {
        List<Integer> pinned = new ArrayList<>();
        Placement placement = Placement.of(FakeMachine.of(root, 2, 2).topology(), 2, affinity, cpu -> {
            pinned.add(cpu);
            return new Answer.Unsupported("");
        });
        Bound bound = placement.bind(1);
        assertThat(pinned).isEmpty();
        Outcome outcome = affinity == Affinity.DISABLED ? Outcome.DISABLED : Outcome.ADVISED;
        assertThat(bound).isEqualTo(new Bound(1, outcome, 2, 1, List.of(), 0, Optional.empty(), ""));
    }

    private Bound strictly(Answer answer) {
        return Placement.of(FakeMachine.of(root, 1, 2).topology(), 2, Affinity.STRICT, cpu -> {
                    assertThat(cpu).isEqualTo(1);
                    return answer;
                })
                .bind(1);
    }

    @Test
    void whatTheSystemAnswersIsToldOn() {
        Optional<Fallback> single = Optional.of(Fallback.SINGLE_NUMA_NODE);
        assertThat(strictly(new Answer.Allowed(List.of(1))))
                .isEqualTo(new Bound(1, Outcome.PINNED, 1, 0, List.of(1), 0, single, ""));
        assertThat(strictly(new Answer.Refused(22, "no")))
                .isEqualTo(new Bound(1, Outcome.REFUSED, 1, 0, List.of(), 22, single, "no"));
        assertThat(strictly(new Answer.Unsupported("not here")))
                .isEqualTo(new Bound(1, Outcome.UNSUPPORTED, 1, 0, List.of(), 0, single, "not here"));
        assertThat(strictly(new Answer.Allowed(List.of(0, 1))).outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void whereThereIsNothingToBindToTheShardIsUnplacedAndSaysWhy() {
        Topology none = Topology.read(new SystemFiles(root.resolve("absent")));
        Bound bound = Placement.of(none, 1, Affinity.STRICT).bind(0);
        assertThat(bound.outcome()).isEqualTo(Outcome.UNPLACED);
        assertThat(bound.fallback()).contains(Fallback.TOPOLOGY_UNAVAILABLE);
        assertThat(bound.reason()).isEqualTo("the system does not say which NUMA nodes it has");
        assertThat(bound.core()).isEqualTo(-1);
        assertThat(Placement.of(none, 1, Affinity.DISABLED).bind(0).outcome()).isEqualTo(Outcome.DISABLED);
    }

    @Test
    void aShardThatThereIsNotIsAnError() {
        Placement placement = Placement.of(FakeMachine.of(root, 1, 1).topology(), 1, Affinity.STRICT);
        assertThatThrownBy(() -> placement.bind(1)).hasMessageEndingWith("shard=1 shards=1");
        assertThatThrownBy(() -> placement.bind(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
