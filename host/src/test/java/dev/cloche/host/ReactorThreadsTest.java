package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.placement.ThreadAffinity;
import dev.cloche.host.reactor.Envelope;
import dev.cloche.host.reactor.Lane;
import dev.cloche.host.reactor.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReactorThreadsTest {
    private static final class Where extends Envelope<Thread> {
        private final CompletableFuture<Thread> worked = new CompletableFuture<>();

        @Override
        protected Thread work() {
            return Thread.currentThread();
        }

        @Override
        protected Thread withdrawn(Withdrawal cause) {
            throw new IllegalStateException("nothing is withdrawn here, cause=" + cause);
        }

        @Override
        protected Thread failed(Throwable failure) {
            throw new IllegalStateException(failure);
        }

        @Override
        protected void answer(Thread answer) {
            worked.complete(answer);
        }
    }

    private static List<Thread> workers(ReactorThreads threads, int count) throws Exception {
        List<Where> sent = new ArrayList<>();
        Lane lane = threads.reactor().open();
        for (int i = 0; i < count; i++) {
            Where where = new Where();
            assertThat(lane.offer(where, true)).isEqualTo(Offer.TAKEN);
            sent.add(where);
        }
        List<Thread> workers = new ArrayList<>();
        for (Where where : sent) {
            workers.add(where.worked.get(30, TimeUnit.SECONDS));
        }
        return workers;
    }

    @Test
    void worksOnVirtualThreadsAndBindsNothingByDefault() throws Exception {
        try (ReactorThreads threads = ReactorThreads.start(ReactorConfig.DEFAULT, System::nanoTime)) {
            assertThat(workers(threads, 20)).allMatch(Thread::isVirtual);
            assertThat(threads.bindings()).hasSize(1).allMatch(Optional::isEmpty);
            threads.reactor().close();
        }
    }

    /// The first processor is always there; whether the system lets threads be pinned, it says.
    @Test
    void strictAffinityPinsTheShardsThreadsAndNothingElse() throws Exception {
        var before = ThreadAffinity.allowed();
        ReactorConfig config = ReactorConfig.DEFAULT
                .withAffinity(ReactorConfig.Affinity.STRICT)
                .withShards(2);
        try (ReactorThreads threads = ReactorThreads.start(config, System::nanoTime)) {
            assertThat(workers(threads, 20)).allMatch(Thread::isVirtual);
            assertThat(workers(threads, 20)).allMatch(Thread::isVirtual);
            assertThat(threads.bindings())
                    .hasSize(2)
                    .allSatisfy(binding -> assertThat(binding)
                            .hasValueSatisfying(
                                    said -> assertThat(said).matches("(pinned|refused|unsupported|unplaced) core=.*")));
            threads.reactor().close();
        }
        assertThat(ThreadAffinity.allowed()).isEqualTo(before);
    }
}
