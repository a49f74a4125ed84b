package dev.cloche.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import dev.cloche.host.bundle.PoolSettings;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// What the log says of a lease that nobody closed.
class LeakStackTest {
    private final FakeClock clock = new FakeClock();

    private IsolatePool pool(boolean stacks) {
        HostIsolates isolates = new HostIsolates(8);
        return new IsolatePool(
                "leaky",
                PoolSettings.DEFAULT,
                new FakeFactory(),
                new PoolContext(isolates, clock, new SplittableRandom(1), stacks));
    }

    private static void forgetsItsLease(IsolatePool pool, long deadlineNanos) {
        assertThat(pool.acquire(deadlineNanos)).isInstanceOf(Lease.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itSaysWhereTheLeaseWasAcquiredIfPoolsRemember(boolean stacks) throws InterruptedException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(IsolatePool.class);
        log.start();
        logger.addAppender(log);
        try (IsolatePool pool = pool(stacks)) {
            long deadline = clock.in(PoolFixture.LONG);
            Thread careless = Thread.ofPlatform().name("careless").start(() -> forgetsItsLease(pool, deadline));
            careless.join();
            assertThat(pool.maintain()).isEqualTo(1);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage())
                    .isEqualTo("a lease was not closed, pool=leaky thread=careless ended=true");
            IThrowableProxy stack = event.getThrowableProxy();
            assertThat(stack != null).isEqualTo(stacks);
            if (stack != null) {
                assertThat(Arrays.stream(stack.getStackTraceElementProxyArray()))
                        .anyMatch(frame -> frame.toString().contains("LeakStackTest.forgetsItsLease"));
            }
        });
    }
}
