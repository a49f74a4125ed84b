package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.telemetry.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheConfigTest {
    @TempDir
    Path temp;

    private Finding finding(HostConfig config) {
        try (Host host = Host.open(config)) {
            return host.doctor().stream()
                    .filter(found -> found.id().equals("storage.cache"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void isOnAndInTheHomeByDefault() {
        CacheConfig config = HostConfig.at(temp).cache();
        assertThat(config).isSameAs(CacheConfig.DEFAULT);
        assertThat(config.enabled()).isTrue();
        assertThat(config.path()).isEmpty();
        assertThat(config.bytesMax()).isEqualTo(536_870_912L);
        try (Host host = Host.open(HostConfig.at(temp))) {
            assertThat(host.cache().folder()).isEqualTo(temp.resolve("cache"));
            assertThat(host.cache().problem()).isEmpty();
        }
        assertThat(temp.resolve("cache")).doesNotExist();
    }

    @Test
    void takesAFolderAndABound() {
        Path shared = temp.resolve("a").resolve("..").resolve("shared");
        CacheConfig config = CacheConfig.DEFAULT.withPath(shared).withBytesMax(17);
        try (Host host = Host.open(HostConfig.at(temp).withCache(config))) {
            assertThat(host.cache().folder()).isEqualTo(temp.resolve("shared"));
            assertThat(host.cache().entries()).isEmpty();
            assertThat(host.cache().verify(true)).isEmpty();
            assertThat(host.cache().shrinkTo(0)).isEqualTo(new HostCache.Pruned(0, 0));
            assertThat(host.cache().removeUnusedFor(Duration.ofDays(1))).isEqualTo(new HostCache.Pruned(0, 0));
        }
        assertThat(finding(HostConfig.at(temp).withCache(config)).message()).contains(" max-bytes=17 ");
    }

    @Test
    void refusesACacheWithoutRoom() {
        assertThatThrownBy(() -> CacheConfig.DEFAULT.withBytesMax(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("cache.max-bytes=0");
    }

    @Test
    void beingSwitchedOffIsNoFault() {
        HostConfig config = HostConfig.at(temp).withCache(CacheConfig.DEFAULT.withEnabled(false));
        assertThat(finding(config).level()).isEqualTo(Finding.Level.OK);
        assertThat(finding(config).message()).endsWith("cache.enabled=false");
        try (Host host = Host.open(config)) {
            assertThat(host.cache().problem()).isPresent();
        }
    }

    @Test
    void aFolderThatCannotBeUsedIsAWarningWithARemedy() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        Finding finding = finding(HostConfig.at(temp).withCache(CacheConfig.DEFAULT.withPath(file)));
        assertThat(finding.level()).isEqualTo(Finding.Level.WARNING);
        assertThat(finding.message()).startsWith("nothing is cached: the cache folder is not a folder");
        assertThat(finding.remedy()).isNotEmpty();
    }

    @Test
    void aClosedHostHasNoCache() {
        Host host = Host.open(HostConfig.at(temp));
        host.close();
        assertThatThrownBy(host::cache).isInstanceOf(IllegalStateException.class);
    }
}
