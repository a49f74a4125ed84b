package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PayloadSourceTest {
    @TempDir
    private Path folder = Path.of("");

    private final PayloadSource piped =
            new PayloadSource(Session.withInput("piped").terminal());
    private final PayloadSource typed = new PayloadSource(Session.interactive().terminal());

    @Test
    void textWins() {
        assertThat(piped.read("text", null)).isEqualTo(Payload.text("text"));
    }

    @Test
    void aFileIsReadAsItIs() throws IOException {
        byte[] bytes = {0, -1, 10, 13};
        Path file = Files.write(folder.resolve("payload"), bytes);
        assertThat(piped.read(null, file.toString())).isEqualTo(Payload.copyOf(bytes));
    }

    @Test
    void standardInputIsReadIfAskedForEvenFromAPerson() {
        assertThat(new PayloadSource(Session.withInput("x").terminal()).read(null, "-"))
                .isEqualTo(Payload.text("x"));
        assertThat(typed.read(null, "-")).isEqualTo(Payload.EMPTY);
    }

    @Test
    void standardInputIsReadUnaskedWhereNobodyTypesIt() {
        assertThat(piped.read(null, null)).isEqualTo(Payload.text("piped"));
        assertThat(typed.read(null, null)).isEqualTo(Payload.EMPTY);
    }

    @Test
    void textAndFileTogetherAreRefused() {
        assertRefused(() -> piped.read("text", "-"), "not both");
    }

    @Test
    void aFileThatIsMissingOrAFolderIsRefused() {
        assertRefused(() -> piped.read(null, folder.resolve("none").toString()), "no such file");
        assertRefused(() -> piped.read(null, folder.toString()), "not a folder");
    }

    @Test
    void theLargestPayloadIsTakenAndOneByteMoreIsRefused() {
        assertThat(new PayloadSource(Session.withInput("123").terminal(), 3).read(null, null))
                .isEqualTo(Payload.text("123"));
        PayloadSource narrow = new PayloadSource(Session.withInput("1234").terminal(), 3);
        assertRefused(() -> narrow.read(null, null), "bytes-max=3");
        assertThat(PayloadSource.PAYLOAD_BYTES_MAX).isEqualTo(256 * 1024 * 1024);
    }

    private static void assertRefused(Runnable read, String message) {
        assertThatThrownBy(read::run)
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        CommandFailure.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.USAGE));
    }
}
