package dev.cloche.host.pool;

import static dev.cloche.host.pool.PoolFixture.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PoolMaintenanceTest {
    @Test
    void maintainsEveryPoolUntilItIsClosed() {
        PoolFixture first = new PoolFixture(1, 1);
        PoolFixture second = new PoolFixture(2, 2);
        try (PoolMaintenance maintenance = PoolMaintenance.start()) {
            second.pool.close();
            maintenance.add(first.pool);
            maintenance.add(second.pool);
            awaitUntil(() -> first.pool.stats().idle() == 1);
            assertThat(maintenance.step()).isZero();
            assertThat(second.factory.made()).isEmpty();
        }
    }

    @Test
    void aPoolThatFailsDoesNotKeepTheOthersFromBeingMaintained() {
        PoolFixture failing = new PoolFixture(1, 1);
        failing.factory.before(call -> {
            throw new StackOverflowError();
        });
        PoolFixture sound = new PoolFixture(1, 1);
        try (PoolMaintenance maintenance = PoolMaintenance.start()) {
            maintenance.add(failing.pool);
            maintenance.add(sound.pool);
            awaitUntil(() -> sound.pool.stats().idle() == 1);
            assertThat(maintenance.step()).isZero();
        }
    }
}
