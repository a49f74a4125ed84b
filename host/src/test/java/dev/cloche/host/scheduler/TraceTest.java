package dev.cloche.host.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
        "'Nobody inspects the spammish repetition', fbcea83c8a378bf1",
    })
    void theHashOfBytesIsThePublishedOne(String text, String hex) {
        assertThat(Long.toHexString(Trace.hash(text.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(hex);
    }

    @Test
    void everyByteCountsAtEveryLength() {
        Set<Long> hashes = new HashSet<>();
        int count = 0;
        for (int length = 0; length <= 70; length++) {
            hashes.add(Trace.hash(new byte[length]));
            count++;
            for (int at = 0; at < length; at++) {
                byte[] bytes = new byte[length];
                bytes[at] = 1;
                hashes.add(Trace.hash(bytes));
                count++;
            }
        }
        assertThat(hashes).hasSize(count);
    }
}
