package dev.cloche.host.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerEventTest {
    private static final LedgerEvent EVENT =
            LedgerEvent.of(LedgerKind.LANE_FORCED, "notes", "INC-12/a:b_c.d", TriggeredBy.USER);

    @Test
    void anEventHappenedOnceUnlessItSaysOtherwise() {
        assertThat(EVENT.count()).isEqualTo(1);
        assertThat(EVENT.from()).isEmpty();
        assertThat(EVENT.to()).isEmpty();
        assertThat(EVENT.details()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "-a", "a\n", "ä", "a;b"})
    void aReasonIsOneWord(String reason) {
        assertThatThrownBy(() -> LedgerEvent.of(LedgerKind.LANE_FORCED, "", reason, TriggeredBy.HOST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reason");
    }

    @Test
    void textsAreBounded() {
        assertThat(EVENT.withChange("x".repeat(256), "").from()).hasSize(256);
        assertThatThrownBy(() -> EVENT.withChange("x".repeat(257), ""))
                .hasMessage("from is too long, chars=257 maximum=256");
        assertThatThrownBy(() -> EVENT.withChange("", "x".repeat(257))).hasMessageStartingWith("to is too long");
        assertThatThrownBy(() -> LedgerEvent.of(LedgerKind.LANE_FORCED, "x".repeat(129), "reason", TriggeredBy.HOST))
                .hasMessageStartingWith("extension is too long");
        assertThatThrownBy(() -> LedgerEvent.of(LedgerKind.LANE_FORCED, "x", "r".repeat(65), TriggeredBy.HOST))
                .hasMessageStartingWith("reasonCode is too long");
        assertThatThrownBy(() -> EVENT.withDetails(Map.of("op", "x".repeat(1_025))))
                .hasMessageStartingWith("detail op is too long");
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < 17; i++) {
            many.put("n" + i, "");
        }
        assertThatThrownBy(() -> EVENT.withDetails(many)).hasMessage("too many details, details=17 maximum=16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "a\nb", "\u001b[1m", "\ud800", "\udc00x"})
    void textsAreWhatTheDatabaseGivesBack(String text) {
        assertThatThrownBy(() -> EVENT.withChange(text, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EVENT.withDetails(Map.of("a", text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsRecordedHasHappened() {
        assertThatThrownBy(() -> EVENT.withCount(0)).hasMessage("what is recorded must have happened, count=0");
    }

    @Test
    void labelsAreStableAndLeadBack() {
        assertThat(Stream.of(LedgerKind.values()).map(LedgerKind::label))
                .containsExactly(
                        "extension.installed",
                        "extension.replaced",
                        "extension.removed",
                        "extension.killed",
                        "grant.added",
                        "grant.removed",
                        "deny.added",
                        "deny.removed",
                        "hostcall.denied",
                        "lane.forced",
                        "lane.reverted",
                        "lane.overload",
                        "lane.diverged",
                        "unknown");
        assertThat(LedgerKind.values())
                .allSatisfy(kind -> assertThat(LedgerKind.ofLabel(kind.label())).hasValue(kind));
        assertThat(Stream.of(TriggeredBy.values()).map(TriggeredBy::label))
                .containsExactly("user", "host", "policy", "api");
        assertThat(TriggeredBy.values())
                .allSatisfy(by -> assertThat(TriggeredBy.ofLabel(by.label())).hasValue(by));
        assertThat(LedgerKind.ofLabel("lane")).isEmpty();
        assertThat(TriggeredBy.ofLabel("root")).isEmpty();
    }

    @Test
    void aQueryHasBounds() {
        assertThat(LedgerQuery.LAST).isEqualTo(new LedgerQuery(null, null, Set.of(), null, 100));
        assertThatThrownBy(() -> LedgerQuery.LAST.withLimit(0)).hasMessage("a listing has 1 to 10000 rows, limit=0");
        assertThatThrownBy(() -> LedgerQuery.LAST.withLimit(10_001)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LedgerQuery.LAST.withAfter(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LedgerQuery.LAST.withSince(Instant.MIN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LedgerQuery.LAST.withSince(Instant.MAX)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHeadHasAHash() {
        assertThat(LedgerHead.EMPTY.hash()).isEqualTo("0".repeat(64));
        assertThatThrownBy(() -> new LedgerHead(1, "A".repeat(64)))
                .hasMessageStartingWith("a hash must be 64 hexadecimal digits in lower case, hash=");
    }
}
