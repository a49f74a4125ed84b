package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.ledger.store.Ledger;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.storage.StorageException;
import dev.cloche.host.storage.StoredRules;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OperatorRulesTest {
    private static final Capability READ = new Capability("kv.read", Map.of());

    @TempDir
    Path home;

    @TempDir
    Path other;

    private final CountDownLatch go = new CountDownLatch(1);

    /// Of the three that may come of it, that it is kept and does not hold is the one that must not.
    @Test
    void anOperatorWhoIsInterruptedLeavesWhatIsKeptAndWhatHoldsTheSame() throws Exception {
        try (Host host = Host.open(HostConfig.at(other));
                Storage storage = new Storage(home, Duration.ofSeconds(1), System::nanoTime)) {
            HostcallPath path = host.parts().hostcalls();
            Ledger ledger = new Ledger(storage, InstantSource.system());
            OperatorRules rules =
                    new OperatorRules(storage, ledger, path, () -> 1, _ -> Optional.of(Map.of("kv.read", READ)));
            assertThat(rules.explain("garden", "kv.read").orElseThrow().allowed())
                    .isTrue();
            var held = storage.database().writeAsync(_ -> waited());
            Thread operator = new Thread(() -> rules.add("garden", false, READ, TriggeredBy.USER));
            operator.start();
            while (operator.getState() != Thread.State.WAITING && operator.getState() != Thread.State.TERMINATED) {
                Thread.onSpinWait();
            }
            operator.interrupt();
            go.countDown();
            held.join();
            operator.join();
            assertThat(storage.database().read(StoredRules::rules)).hasSize(1);
            assertThat(rules.explain("garden", "kv.read").orElseThrow().allowed())
                    .isFalse();
        }
    }

    /// Whoever cannot read a rule must not count it as none.
    @ParameterizedTest
    @ValueSource(strings = {"not json", "null", "[]", "{\"hosts\":null}", "{\"hosts\":[null]}"})
    void aStoredRuleThatCannotBeReadIsSaidToBeDamaged(String parameters) {
        try (Host host = Host.open(HostConfig.at(other));
                Storage storage = new Storage(home, Duration.ofSeconds(1), System::nanoTime)) {
            var _ = storage.database()
                    .write(session ->
                            StoredRules.add(session, new StoredRules.Rule("garden", "kv.read", parameters, "deny", 1)));
            Ledger ledger = new Ledger(storage, InstantSource.system());
            OperatorRules rules = new OperatorRules(
                    storage, ledger, host.parts().hostcalls(), () -> 1, _ -> Optional.of(Map.of("kv.read", READ)));
            assertThatThrownBy(() -> rules.explain("garden", "kv.read"))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.CORRUPT))
                    .hasMessageContaining("extension=garden capability=kv.read");
        }
    }

    private boolean waited() {
        try {
            return go.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
