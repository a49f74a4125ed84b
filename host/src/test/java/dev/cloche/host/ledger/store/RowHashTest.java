package dev.cloche.host.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowHashTest {
    private static final List<String> TEXTS = List.of("lane.forced", "notes", "why", "user", "", "ü", "{}");

    private static List<byte[]> bytes(List<String> texts) {
        return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    @Test
    void theLayoutIsTheOneThatIsDocumented() throws Exception {
        byte[] previous = new byte[32];
        previous[31] = 7;
        ByteBuffer row = ByteBuffer.allocate(512);
        row.put("cloche-ledger-1".getBytes(StandardCharsets.US_ASCII))
                .putLong(5)
                .putLong(1_700_000_000_000L)
                .putLong(3);
        for (byte[] text : bytes(TEXTS)) {
            row.putInt(text.length).put(text);
        }
        row.put(previous).flip();
        byte[] laidOut = new byte[row.remaining()];
        row.get(laidOut);
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(laidOut);
        RowHash hash = new RowHash();
        assertThat(hash.of(5, 1_700_000_000_000L, 3, bytes(TEXTS), previous)).isEqualTo(expected);
        assertThat(hash.of(5, 1_700_000_000_000L, 3, bytes(TEXTS), previous))
                .as("once more with the same one")
                .isEqualTo(expected);
    }

    @Test
    void rowsHaveAllTheirParts() {
        RowHash hash = new RowHash();
        assertThatThrownBy(() -> hash.of(1, 1, 1, List.of(), new byte[32]))
                .hasMessage("a row has other parts, texts=0 previous=32");
        assertThatThrownBy(() -> hash.of(1, 1, 1, bytes(TEXTS), new byte[31]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
