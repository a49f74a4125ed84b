package dev.cloche.host.engine.cache;

import static dev.cloche.host.engine.cache.CacheFixture.bytes;
import static dev.cloche.host.engine.cache.CacheFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One thread builds, the others wait for it.
@Timeout(60)
class CacheFlightTest {
    private static final CacheKey KEY = key("a");
    private static final int THREADS = 8;

    @TempDir
    Path temp;

    private final ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger builds = new AtomicInteger();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private CacheFixture fixture;

    private static final CacheCodec<String> TEXT = new CacheCodec<>() {
        @Override
        public String read(CacheEntry entry) throws IOException {
            return new String(entry.bytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void write(String value, OutputStream out) throws IOException {
            out.write(bytes(value));
        }
    };

    @BeforeEach
    void setUp() {
        fixture = new CacheFixture(temp.resolve("cache"));
    }

    @AfterEach
    void tearDown() {
        pool.close();
        fixture.close();
    }

    private String load(Callable<String> builder) throws InterruptedException {
        return fixture.cache().load(KEY, TEXT, builder);
    }

    private String slowBuild() throws InterruptedException {
        started.countDown();
        goOn.await();
        return "built " + builds.incrementAndGet();
    }

    /// Threads that ask for what is being built, once they wait.
    private List<Future<String>> waiters(Callable<String> builder) {
        List<Thread> threads = new ArrayList<>();
        List<Future<String>> futures = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            FutureTask<String> task = new FutureTask<>(() -> load(builder));
            threads.add(Thread.ofVirtual().start(task));
            futures.add(task);
        }
        while (!threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING)) {
            LockSupport.parkNanos(1_000_000);
        }
        return futures;
    }

    @Test
    void whatIsThereIsNotBuilt() throws InterruptedException {
        assertThat(load(() -> "built")).isEqualTo("built");
        assertThat(load(() -> "again")).isEqualTo("built");
        fixture.reopen(1 << 20);
        assertThat(load(() -> "again")).isEqualTo("built");
        assertThat(fixture.cache().stats().hits()).isEqualTo(1);
    }

    @Test
    void aKeyIsBuiltOnceForAllWhoComeMeanwhile() throws Exception {
        Future<String> maker = pool.submit(() -> load(this::slowBuild));
        started.await();
        List<Future<String>> waiters = waiters(() -> "built by a waiter");
        assertThat(fixture.cache().load(key("other"), TEXT, () -> "not held up"))
                .isEqualTo("not held up");
        goOn.countDown();
        assertThat(maker.get()).isEqualTo("built 1");
        for (Future<String> waiter : waiters) {
            assertThat(waiter.get()).isEqualTo("built 1");
        }
        assertThat(load(() -> "again")).isEqualTo("built 1");
    }

    @Test
    void aFailureReachesAllAndIsNotKept() throws Exception {
        IOException failure = new IOException("no such engine");
        Future<String> maker = pool.submit(() -> load(() -> {
            slowBuild();
            throw failure;
        }));
        started.await();
        List<Future<String>> all = waiters(() -> "built by a waiter");
        goOn.countDown();
        all.add(maker);
        for (Future<String> one : all) {
            assertThatThrownBy(one::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(CacheBuildException.class)
                    .hasMessageEndingWith("no such engine, key=" + KEY)
                    .hasCause(failure);
        }
        assertThat(load(() -> "better now")).isEqualTo("better now");
    }

    @Test
    void anErrorReachesAllAsWell() throws Exception {
        StackOverflowError overflow = new StackOverflowError();
        Future<String> maker = pool.submit(() -> load(() -> {
            slowBuild();
            throw overflow;
        }));
        started.await();
        List<Future<String>> waiters = waiters(() -> "built by a waiter");
        goOn.countDown();
        assertThatThrownBy(maker::get).hasCause(overflow);
        assertThatThrownBy(waiters.getFirst()::get).cause().hasCause(overflow);
        assertThat(load(() -> "better now")).isEqualTo("better now");
    }

    @Test
    void whoeverIsInterruptedLeavesTheWorkToTheOthers() throws Exception {
        FutureTask<String> maker = new FutureTask<>(() -> load(this::slowBuild));
        Thread making = Thread.ofVirtual().start(maker);
        started.await();
        List<Future<String>> waiters = waiters(() -> "built by waiter " + builds.incrementAndGet());
        making.interrupt();
        assertThatThrownBy(maker::get).hasCauseInstanceOf(InterruptedException.class);
        for (Future<String> waiter : waiters) {
            assertThat(waiter.get()).isEqualTo("built by waiter 1");
        }
    }

    @Test
    void aWaiterThatIsInterruptedDisturbsNobody() throws Exception {
        Future<String> maker = pool.submit(() -> load(this::slowBuild));
        started.await();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> load(() -> "built by a waiter")).isInstanceOf(InterruptedException.class);
        goOn.countDown();
        assertThat(maker.get()).isEqualTo("built 1");
    }

    @Test
    void aBuilderThatAsksForItsOwnKeyIsToldSo() {
        assertThatThrownBy(() -> load(() -> load(() -> "inner")))
                .isInstanceOf(CacheBuildException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aValueThatCannotBeKeptIsAnsweredAllTheSame() throws Exception {
        fixture.files().fillDisk(10);
        assertThat(load(() -> "built")).isEqualTo("built");
        fixture.files().fillDisk(Long.MAX_VALUE);
        CacheCodec<String> bug = new CacheCodec<>() {
            @Override
            public String read(CacheEntry entry) {
                throw new IllegalStateException("a bug in reading");
            }

            @Override
            public void write(String value, OutputStream out) {
                throw new IllegalStateException("a bug in writing");
            }
        };
        assertThat(fixture.cache().load(KEY, bug, () -> "built")).isEqualTo("built");
        assertThat(fixture.put(KEY, "kept")).isTrue();
        assertThat(fixture.cache().load(KEY, bug, () -> "built")).isEqualTo("built");
        assertThat(fixture.names("")).isEmpty();
    }

    @Test
    void aCacheThatIsOffBuilds() throws Exception {
        ContentCache off = ContentCache.off(fixture.folder(), "off", fixture.clock());
        assertThat(off.load(KEY, TEXT, () -> "built")).isEqualTo("built");
        assertThat(off.load(KEY, TEXT, () -> "again")).isEqualTo("again");
    }
}
