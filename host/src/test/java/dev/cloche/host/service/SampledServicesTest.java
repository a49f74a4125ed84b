package dev.cloche.host.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallRouter;
import dev.cloche.host.hostcall.LaneOverride;
import dev.cloche.host.hostcall.LaneSampling;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.QuotaLimits;
import dev.cloche.host.hostcall.RequestMutator;
import dev.cloche.host.hostcall.Routers;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.policy.command.CommandPolicy;
import dev.cloche.host.reactor.Reactor;
import dev.cloche.host.reactor.ReactorSettings;
import dev.cloche.host.reactor.ServiceThreads;
import dev.cloche.host.storage.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every operation that only reads, each time held against the other lane, while others write what it reads.
@Timeout(120)
class SampledServicesTest {
    private static final int THREADS = 6;
    private static final int HOSTCALLS = 3_000;
    private static final List<String> FILES = List.of("\"a.txt\"", "\"dir\"", "\"dir/b.bin\"", "\"dir/c\"", "\"link\"");
    private static final List<String> KEYS = List.of("\"a\"", "\"b\"", "\"c\"", "\"a/b\"");

    @TempDir
    Path folder;

    private final Queue<String> diverged = new ConcurrentLinkedQueue<>();

    private static GuestSide guest(HostcallRouter router) {
        Capability names = new Capability("env.read", Map.of("names", List.of("PATH", "CLOCHE_*")));
        return new GuestSide(router.portFor(
                new Policy(
                                Profile.BALANCED,
                                Map.of(
                                        "notes",
                                        List.of(
                                                names,
                                                new Capability("fs.read", Map.of()),
                                                new Capability("fs.write", Map.of()),
                                                new Capability("secrets.read", Map.of()))))
                        .resolve(
                                "notes",
                                Map.of(
                                        "kv.read", new Capability("kv.read", Map.of()),
                                        "kv.write", new Capability("kv.write", Map.of()),
                                        "env.read", new Capability("env.read", Map.of()),
                                        "fs.read", new Capability("fs.read", Map.of("root", List.of("."))),
                                        "fs.write", new Capability("fs.write", Map.of("root", List.of("dir"))),
                                        "secrets.read", new Capability("secrets.read", Map.of()))),
                QuotaLimits.DEFAULT
                        .withPerSecond(QuotaLimits.PER_SECOND_MAX)
                        .withPerMinute(QuotaLimits.PER_MINUTE_MAX)));
    }

    private static void work(GuestSide guest, long seed) {
        var mutator = new RequestMutator(seed);
        var random = new Random(seed);
        Frame frame = new Frame(1, "notes", Entry.command("run"), Long.MAX_VALUE / 2, Long.MAX_VALUE);
        for (int i = 0; i < HOSTCALLS; i++) {
            String key = mutator.any(KEYS);
            String request = random.nextInt(20) == 0 ? "{\"key\":" + mutator.odd() + "}" : "{\"key\":" + key + "}";
            String op = switch (random.nextInt(20)) {
                case 0 -> {
                    request = "{\"key\":" + key + ",\"value\":" + i + "}";
                    yield "kv.set";
                }
                case 1 -> "kv.delete";
                case 2, 3, 4 -> {
                    request = "{\"prefix\":" + mutator.any(List.of("\"\"", "\"a\"")) + ",\"limit\":2}";
                    yield "kv.list";
                }
                case 5, 6, 7, 8 -> {
                    request = "{\"name\":" + mutator.any(List.of("\"PATH\"", "\"CLOCHE_X\"", "\"HOME\"", "1")) + "}";
                    yield "env.get";
                }
                case 9 -> {
                    request = "{\"name\":" + mutator.any(List.of("\"X\"", "\"Y\"")) + "}";
                    yield "secrets.get";
                }
                case 10, 11 -> {
                    request = "{\"path\":" + mutator.any(FILES) + "}";
                    yield mutator.any(List.of("fs.read", "fs.list", "fs.stat"));
                }
                case 12 -> {
                    request = "{\"path\":" + mutator.any(FILES) + ",\"content\":\"" + i + "\",\"mode\":\"append\"}";
                    yield random.nextInt(8) == 0 ? "fs.write" : "fs.stat";
                }
                default -> "kv.get";
            };
            guest.call(new Hostcall(frame, OpRef.unknown(op), Payload.text(request)));
        }
    }

    @Test
    void theLanesAgreeOnWhatIsReadWhileItIsWritten() throws InterruptedException {
        LaneSampling sampling = new LaneSampling(
                1,
                (hostcall, fast, compat) -> diverged.add(hostcall.op().name() + " "
                        + hostcall.request().text() + " fast=" + fast + " compat=" + compat));
        try (Database database = Database.open(folder.resolve("state.db"));
                Services services = Services.open(
                        () -> database,
                        (_, _) -> new Reply.Ok(Payload.EMPTY),
                        new ServiceSettings(
                                _ -> {},
                                new EngineClocks(Clock.systemUTC(), System::nanoTime, new Random(1)),
                                4,
                                new ExecSettings(CommandPolicy.SAFE, _ -> 1),
                                new FilesFolder(FileTrees.planted(folder.resolve("files")), folder.resolve("home")),
                                SecretSource.of(name -> name.equals("X") ? Optional.of("y") : Optional.empty())));
                ServiceThreads workers = new ServiceThreads(2);
                HostcallRouter router = new HostcallRouter(
                        services.ops(),
                        Reactor.shared(ReactorSettings.DEFAULT, workers, System::nanoTime),
                        Routers.control(LaneOverride.UNSET, System::nanoTime),
                        sampling,
                        (_, _, _) -> {},
                        System::nanoTime)) {
            assertThat(services.ops().ops().values())
                    .filteredOn(Op::reads)
                    .extracting(Op::name)
                    .containsExactly("env.get", "fs.list", "fs.read", "fs.stat", "kv.get", "kv.list", "secrets.get");
            GuestSide guest = guest(router);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                long seed = i;
                threads.add((i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(() -> work(guest, seed)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(diverged).isEmpty();
        assertThat(sampling.compared()).isGreaterThan(THREADS * HOSTCALLS / 2);
    }
}
