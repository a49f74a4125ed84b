package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens against time, at the ends of both.
class TokenBucketTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /// A model with exact numbers: what is in the bucket, in tokens times the period.
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 3, Long.MIN_VALUE + 3, 1L << 62})
    void whereverTheClockBeginsNoMoreComeThanThereAre(long start) {
        for (long seed = 1; seed <= 50; seed++) {
            var random = new Random(seed);
            int tokens = random.nextInt(1, 1_000);
            long now = start;
            TokenBucket bucket = new TokenBucket(tokens, SECOND, now);
            double full = tokens;
            for (int step = 0; step < 500; step++) {
                long passed = random.nextLong(SECOND / 10);
                now += passed;
                full = Math.min(tokens, full + (double) passed * tokens / (double) SECOND);
                long wait = bucket.take(1, now);
                if (wait == 0) {
                    full--;
                }
                assertThat(full).as("seed=%d step=%d", seed, step).isGreaterThan(-0.01);
                assertThat(wait == 0 || full < 1.01)
                        .as("seed=%d step=%d", seed, step)
                        .isTrue();
            }
        }
    }

    @Test
    void anAnswerThatComesLateIsOwedFromThenOn() {
        TokenBucket bucket = new TokenBucket(100, MINUTE, 0);
        assertThat(bucket.takeOnCredit(1, 0)).isZero();
        // Ten minutes later there is a whole bucket, and not ten.
        long now = 10 * MINUTE;
        bucket.owe(200, now);
        assertThat(bucket.takeOnCredit(1, now)).isEqualTo(MINUTE);
        assertThat(bucket.takeOnCredit(1, now + MINUTE)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 3, Long.MIN_VALUE + 3})
    void aDebtThatIsTooLargeToCountIsNoCredit(long start) {
        TokenBucket bucket = new TokenBucket(1, MINUTE, start);
        for (int i = 0; i < 1_000; i++) {
            bucket.owe(Integer.MAX_VALUE, start);
            assertThat(bucket.takeOnCredit(1, start)).as("i=%d", i).isPositive();
            assertThat(bucket.take(1, start)).as("i=%d", i).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 3, Long.MIN_VALUE + 3})
    void aRequestThatIsTooLargeToCountKeepsTheNextOneOut(long start) {
        TokenBucket bucket = new TokenBucket(1, MINUTE, start);
        assertThat(bucket.takeOnCredit(Integer.MAX_VALUE, start)).isZero();
        bucket.owe(Integer.MAX_VALUE, start);
        assertThat(bucket.takeOnCredit(1, start + MINUTE)).isPositive();
    }

    @Test
    void aClockThatIsSetBackRefusesAndGivesNothingAway() {
        TokenBucket bucket = new TokenBucket(10, SECOND, 0);
        for (int i = 0; i < 10; i++) {
            assertThat(bucket.take(1, 0)).isZero();
        }
        assertThat(bucket.take(1, -MINUTE)).isPositive();
        assertThat(bucket.take(1, 0)).isPositive();
        assertThat(bucket.take(1, SECOND / 10)).isZero();
    }

    @Test
    void theHighestLimitsCountAsWell() {
        TokenBucket bytes = new TokenBucket(QuotaLimits.BYTES_PER_MINUTE_MAX, MINUTE, 0);
        long taken = 0;
        while (bytes.takeOnCredit(1 << 30, 0) == 0) {
            taken += 1L << 30;
        }
        assertThat(taken).isBetween(QuotaLimits.BYTES_PER_MINUTE_MAX, QuotaLimits.BYTES_PER_MINUTE_MAX + (2L << 30));
    }
}
