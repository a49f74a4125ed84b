package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes into the jar beside the code.
final class PackagedFilesTest {
    /// Read as files of this module's classes: the host's jar has both as well.
    @ParameterizedTest
    @ValueSource(strings = {"LICENSE", "NOTICE"})
    void theJarHasTheLicence(String name) throws IOException {
        Path classes = Path.of("target", "classes");
        try (InputStream code = Objects.requireNonNull(Main.class.getResourceAsStream("Main.class"))) {
            assertThat(Files.readAllBytes(classes.resolve("dev/cloche/cli/Main.class")))
                    .isEqualTo(code.readAllBytes());
        }
        assertThat(classes.resolve("META-INF").resolve(name)).hasSameBinaryContentAs(Path.of("..", name));
    }
}
