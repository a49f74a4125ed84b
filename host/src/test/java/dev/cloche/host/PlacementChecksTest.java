package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.engine.memory.NumaSettings;
import dev.cloche.host.placement.FakeMachine;
import dev.cloche.host.system.SystemFiles;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.Finding.Level;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What the doctor says of placement, and that a host nobody asks for it does without all of it.
class PlacementChecksTest {
    private static final ReactorConfig ADVISORY =
            ReactorConfig.DEFAULT.withAffinity(ReactorConfig.Affinity.ADVISORY).withShards(2);

    @TempDir
    Path root;

    private static Memories plain() {
        return Memories.of(MemorySetting.FOREIGN);
    }

    private List<Finding> findings(ReactorConfig reactor, Memories memories) {
        return PlacementChecks.of(reactor, memories, new SystemFiles(root)).stream()
                .flatMap(check -> check.run().stream())
                .toList();
    }

    @Test
    void topologyAndPlanAreToldToPeopleAndMachines() {
        FakeMachine.of(root, 2, 2);
        List<Finding> findings = findings(ADVISORY, plain());
        assertThat(findings)
                .extracting(Finding::id)
                .containsExactly("reactor.topology", "reactor.placement", "engine.numa");
        assertThat(findings).extracting(Finding::level).containsOnly(Level.OK);
        assertThat(findings.get(0).message()).isEqualTo("nodes=2 cpus=4 fallback=none");
        assertThat(findings.get(1).message())
                .isEqualTo("affinity=advisory shards=2 fallback=none bindings=shard0:core0:node0,shard1:core2:node1");
        var manifest = JsonMapper.shared().readTree(findings.get(1).details());
        assertThat(manifest.path("advice").path(1).path("core").asInt()).isEqualTo(2);
        assertThat(JsonMapper.shared().readTree(findings.get(0).details()).path("nodes"))
                .hasSize(2);
    }

    @Test
    void aMachineThatSaysNothingMattersWhereShardsAreToBePlaced() {
        List<Finding> findings = findings(ADVISORY, plain());
        assertThat(findings).extracting(Finding::level).containsExactly(Level.WARNING, Level.WARNING, Level.OK);
        assertThat(findings.get(0).message()).startsWith("nodes=0 cpus=0 fallback=topology_unavailable notes=[");
        assertThat(findings.get(1).message()).endsWith("fallback=topology_unavailable bindings=none");
        assertThat(findings(ReactorConfig.DEFAULT, plain()))
                .extracting(Finding::level)
                .containsOnly(Level.OK);
    }

    @Test
    void slabsAreToldAndWhatTheyLackIsAWarning() {
        FakeMachine machine = FakeMachine.of(root, 1, 2);
        NumaSettings settings = new NumaSettings(true, false, 64L << 20, 16L << 20, machine.files());
        try (Memories memories = Memories.of(MemorySetting.FOREIGN, 0, 4L << 30, settings)) {
            Finding finding = findings(ReactorConfig.DEFAULT, memories).getLast();
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.message())
                    .startsWith("node=0 slots=4 in-use=0 high-water=0 allocations=0 frees=0 bound=true"
                            + " huge-pages=disabled, fallback=single_numa_node");
            assertThat(JsonMapper.shared()
                            .readTree(finding.details())
                            .path("nodes")
                            .path(0)
                            .path("slots")
                            .asInt())
                    .isEqualTo(4);
        }
        NumaSettings huge = new NumaSettings(true, true, 64L << 20, 16L << 20, machine.files());
        try (Memories memories = Memories.of(MemorySetting.FOREIGN, 0, 4L << 30, huge)) {
            Finding finding = findings(ReactorConfig.DEFAULT, memories).getLast();
            assertThat(finding.level()).isEqualTo(Level.WARNING);
            assertThat(finding.message()).contains("huge-pages=not_detectable");
            assertThat(finding.remedy()).contains("docs/placement.md");
        }
    }

    @Test
    void onTheHeapThereAreNoSlabs() {
        NumaSettings settings = new NumaSettings(true, false, 64L << 20, 16L << 20, SystemFiles.OWN);
        try (Memories memories = Memories.of(MemorySetting.HEAP, 0, 4L << 30, settings)) {
            assertThat(memories.numa()).isEmpty();
            assertThat(findings(ReactorConfig.DEFAULT, memories).getLast().message())
                    .endsWith("or they are heap arrays, foreign=false");
        }
    }

    @Test
    void aHostWithSlabsAnswersCallsAndGivesThemBack() {
        long before = addressSpace();
        HostConfig config = HostConfig.at(root.resolve("home")).withNuma(NumaConfig.DEFAULT.withEnabled(true));
        try (Host host = Host.open(config)) {
            host.load(Bundles.script("cloche.command('main', () => 'heard')"));
            for (int i = 0; i < 20; i++) {
                Reply reply = host.call(Call.of("test", Entry.command("main"), Payload.text("hear")));
                assertThat(((Reply.Ok) reply).payload().text()).isEqualTo("heard");
            }
            assertThat(host.doctor())
                    .filteredOn(finding -> finding.id().equals("engine.numa"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message()).contains("slots=256", "outside=0"));
            assertThat(addressSpace()).isGreaterThan(before + config.numa().slabBytes());
        }
        assertThat(addressSpace()).isLessThan(before + config.numa().slabBytes());
    }

    private static long addressSpace() {
        return SystemFiles.OWN.labelled("proc/self/status", "VmSize").orElseThrow() << 10;
    }

    /// A process that starts pays for what it loads.
    @Test
    void aHostWithDefaultsLoadsNothingOfPlacement() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        PlainHostChild.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(said).isZero();
        assertThat(said.lines().filter(line -> line.contains(" dev.cloche.host.")))
                .anyMatch(line -> line.contains(".engine.memory.ForeignMemory "))
                .noneMatch(line -> line.contains("dev.cloche.host.placement."))
                .noneMatch(line -> line.contains(".Slab"))
                .noneMatch(line -> line.contains(".NodePolicy"))
                .noneMatch(line -> line.contains(".SchedulerCalls"));
    }
}
