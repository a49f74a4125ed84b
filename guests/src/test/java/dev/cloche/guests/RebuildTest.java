package dev.cloche.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The built files in the repository are what their sources give.
class RebuildTest {
    @Test
    void rebuiltFilesHaveTheSameBytes() {
        Node.run("rebuilding the example extensions", List.of("build.mjs", "--check"))
                .ifPresent(ended -> assertThat(ended.exit())
                        .as("run `node build.mjs` in guests/ and commit what it changes:\n%s", ended.output())
                        .isZero());
    }
}
