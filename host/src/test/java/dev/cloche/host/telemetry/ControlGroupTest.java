package dev.cloche.host.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlGroupTest {
    @TempDir
    private Path folder;

    @Test
    void aMachineWithoutControlGroupsHasNoLimit() {
        assertThat(group().memoryLimitBytes()).isEmpty();
    }

    @Test
    void aContainerSeesItsLimitAtTheRoot() throws IOException {
        write("mount/memory.max", "536870912\n");
        write("membership", "0::/\n");
        assertThat(group().memoryLimitBytes()).hasValue(536_870_912L);
    }

    @Test
    void theSmallestLimitOnTheWayHolds() throws IOException {
        write("mount/a/memory.max", "1000\n");
        write("mount/a/b/memory.max", "max\n");
        write("mount/a/b/c/memory.max", "2000\n");
        write("membership", "1:name=systemd:/x\n0::/a/b/c\n");
        assertThat(group().memoryLimitBytes()).hasValue(1_000);
    }

    @Test
    void whatCannotBeReadIsNoLimit() throws IOException {
        write("mount/memory.max", "plenty\n");
        write("membership", "0::/\u0000\n");
        assertThat(group().memoryLimitBytes()).isEmpty();
    }

    private ControlGroup group() {
        return new ControlGroup(folder.resolve("mount"), folder.resolve("membership"));
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
