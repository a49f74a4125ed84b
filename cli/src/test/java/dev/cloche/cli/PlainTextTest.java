package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.telemetry.LogLine;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

final class PlainTextTest {
    @Test
    void ordinaryTextStaysAsItIs() {
        assertThat(PlainText.line("Grüße, 世界 🌱")).isEqualTo("Grüße, 世界 🌱");
    }

    @Test
    void escapeSequencesLoseTheirPower() {
        assertThat(PlainText.line("\u001b[31mred\u0007\u009b")).isEqualTo("\\u001b[31mred\\u0007\\u009b");
    }

    @Test
    void charactersThatTurnTheDirectionAreShown() {
        assertThat(PlainText.line("a\u202eb\u2028")).isEqualTo("a\\u202eb\\u2028");
    }

    @Test
    void aLineHasNoBreaksAndABlockKeepsThem() {
        assertThat(PlainText.line("a\nb\tc\r")).isEqualTo("a\\u000ab\\u0009c\\u000d");
        assertThat(PlainText.block("a\nb\tc\r")).isEqualTo("a\nb\tc\\u000d");
    }

    @Test
    void everyLineThatAGuestLogsBearsItsName() {
        Session session = Session.interactive();
        new GuestLog(session.terminal()).write(new LogLine("garden", 1, Level.WARN, "dry\n[other] info fine\u001b[0m"));
        assertThat(session.err()).isEqualTo("[garden] warn dry\n[garden] warn [other] info fine\\u001b[0m\n");
        assertThat(session.out()).isEmpty();
    }
}
