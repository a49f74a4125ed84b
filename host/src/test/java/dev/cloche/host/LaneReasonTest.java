package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.TriggeredBy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an operator may say why a lane is forced: the ledger must be able to tell it from what the host does by itself.
class LaneReasonTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default",
                "settings",
                "overload",
                "sampling",
                "revert",
                "option.all",
                "option.none",
                "option.extension"
            })
    void aReasonOfTheHostsOwnIsRefusedAndChangesNothing(String reason) {
        try (Host host = Host.open(MemoryKinds.config(home))) {
            for (String whose : new String[] {"test", HostConfig.EVERY_EXTENSION}) {
                assertThatThrownBy(() -> host.lanes().force(whose, reason, TriggeredBy.API))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("this reason is a word that the host keeps for what it does by itself; say why in"
                                + " another one, for example \"drill\" or \"incident-42\", reason=" + reason
                                + " kept=default,option.all,option.extension,option.none,overload,revert,sampling,"
                                + "settings");
            }
            assertThat(host.lanes().forces()).isEmpty();
            assertThat(host.lanes().of("test").lane()).isEqualTo("fast");
            assertThat(host.ledger().entries(LedgerQuery.LAST)).isEmpty();
        }
    }

    @Test
    void aReasonThatOnlyBeginsLikeOneIsTaken() {
        try (Host host = Host.open(MemoryKinds.config(home))) {
            host.lanes().force("test", "overload-drill", TriggeredBy.API);
            assertThat(host.lanes().of("test").reasonCode()).isEqualTo("overload-drill");
        }
    }
}
