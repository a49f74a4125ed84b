package dev.cloche.host.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever puts something in takes out what others put in meanwhile. A guest must not be kept at that for as long as
/// its neighbours go on.
@Timeout(60)
class SharedDrainTest {
    private static final int NEIGHBOURS = 5_000;

    private final ExecutorService neighbour = Executors.newSingleThreadExecutor();
    private final Thread guest = Thread.currentThread();
    private final List<Probe> probes = new ArrayList<>();
    private final AtomicInteger byGuest = new AtomicInteger();
    private final AtomicInteger offered = new AtomicInteger();

    /// Each time the guest's thread hands one out, a neighbour puts the next one in before it can look again.
    private void execute(Runnable task, ExecutorService services, Lane[] others) throws Exception {
        services.execute(task);
        if (Thread.currentThread().equals(guest)) {
            byGuest.incrementAndGet();
        }
        if (offered.get() < NEIGHBOURS) {
            Lane lane = others[offered.getAndIncrement() % others.length];
            Future<?> put = neighbour.submit(() -> put(lane));
            if (Thread.currentThread().equals(guest)) {
                put.get();
            }
        }
    }

    private void put(Lane lane) {
        Probe probe = new Probe(() -> "done");
        probes.add(probe);
        while (!(lane.offer(probe, true) instanceof Offer.Taken)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aGuestsThreadHandsOutABoundedShareAndNothingIsLeftLying() throws Exception {
        try (ExecutorService services = Executors.newVirtualThreadPerTaskExecutor();
                neighbour) {
            Lane[] others = new Lane[8];
            Reactor reactor = Reactor.shared(
                    ReactorSettings.DEFAULT,
                    task -> {
                        try {
                            execute(task, services, others);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    System::nanoTime);
            for (int i = 0; i < others.length; i++) {
                others[i] = reactor.open();
            }
            Probe own = new Probe(() -> "done");
            assertThat(reactor.open().offer(own, true)).isEqualTo(Offer.TAKEN);
            assertThat(byGuest).as("handed out by the guest's thread").hasValueLessThanOrEqualTo(Shard.SHARE + 64 + 1);
            while (offered.get() < NEIGHBOURS) {
                Thread.onSpinWait();
            }
            neighbour.submit(() -> {}).get();
            reactor.close();
            assertThat(own.answers()).isEqualTo(1);
            assertThat(probes).hasSize(NEIGHBOURS).allMatch(probe -> probe.answers() == 1 && probe.ends() == 1);
            assertThat(probes).allMatch(probe -> "done".equals(probe.answer()));
        }
    }
}
