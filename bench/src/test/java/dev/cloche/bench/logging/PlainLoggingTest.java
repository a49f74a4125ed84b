package dev.cloche.bench.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class PlainLoggingTest {
    @Test
    void warningsAndErrorsArePrintedAndNothingElse() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            Logger logger = LoggerFactory.getLogger("cloche");
            logger.info("not this");
            logger.warn("engine: slow, extension={} count={}", "a", 2);
            logger.error("gone", new IllegalStateException("why"));
        } finally {
            System.setErr(before);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("WARN cloche engine: slow, extension=a count=2\nERROR cloche gone\n")
                .contains("IllegalStateException: why")
                .doesNotContain("not this");
    }
}
