package dev.cloche.host.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The reasons for which there is no foreign memory.
class ForeignSupportTest {
    private static Optional<String> untried() {
        throw new AssertionError("nothing is tried where it cannot be");
    }

    @ParameterizedTest
    @CsvSource({"Linux, amd64", "Linux, x86_64", "Linux, aarch64", "LINUX, amd64"})
    void aKnownSystemIsTriedAndMayStillRefuse(String system, String machine) {
        assertThat(ForeignSupport.reason(system, machine, true, Optional::empty))
                .isEmpty();
        assertThat(ForeignSupport.reason(system, machine, true, () -> Optional.of("errno=38")))
                .contains("errno=38");
    }

    @ParameterizedTest
    @CsvSource({"Mac OS X", "Windows 11", "FreeBSD", "''"})
    void otherSystemsHaveNone(String system) {
        assertThat(ForeignSupport.reason(system, "amd64", true, ForeignSupportTest::untried))
                .contains("the operating system is not Linux, os.name=" + system);
    }

    @ParameterizedTest
    @CsvSource({"riscv64", "ppc64le", "s390x", "i386", "arm"})
    void otherMachinesHaveNone(String machine) {
        assertThat(ForeignSupport.reason("Linux", machine, true, ForeignSupportTest::untried))
                .contains("the machine is neither x86-64 nor aarch64, os.arch=" + machine);
    }

    @Test
    void withoutNativeAccessThereIsNoneAndTheReasonSaysHowToEnableIt() {
        assertThat(ForeignSupport.reason("Linux", "amd64", false, ForeignSupportTest::untried)
                        .orElseThrow())
                .startsWith("native access is not enabled")
                .contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void aProcessThatDeniesNativeAccessFallsBackToTheHeapWithoutAWarning() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--illegal-native-access=deny",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DescribingChild.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).isZero();
        assertThat(said.strip())
                .startsWith("heap arrays, since there is no foreign memory: native access is not enabled")
                .doesNotContain("WARNING");
    }
}
