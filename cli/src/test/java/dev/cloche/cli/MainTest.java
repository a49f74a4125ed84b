package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MainTest {
    private final Properties before = (Properties) System.getProperties().clone();

    @AfterEach
    void restore() {
        System.setProperties(before);
    }

    @Test
    void virtualThreadsHaveTwoCarriersMoreThanProcessors() {
        System.clearProperty(Main.CARRIERS);
        Main.spareCarriers();
        assertThat(Integer.getInteger(Main.CARRIERS))
                .isEqualTo(Runtime.getRuntime().availableProcessors() + 2);
    }

    @Test
    void whoeverStartsJavaHasTheLastWord() {
        System.setProperty(Main.CARRIERS, "7");
        Main.spareCarriers();
        assertThat(System.getProperty(Main.CARRIERS)).isEqualTo("7");
    }
}
