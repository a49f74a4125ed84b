package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Settings that change while a host lives.
@Timeout(60)
class SettingsWatchTest {
    private static final String COMPAT = "{\"ext\": {\"garden\": {\"compat\": true}}}";

    @TempDir
    Path home;

    private final List<HostcallConfig> told = new ArrayList<>();
    private long modified = 1_000_000;

    /// Each time with another time of change, whatever the resolution of the file system.
    private void write(String json) throws IOException {
        Path file = Files.writeString(home.resolve("settings.json"), json);
        modified += 10_000;
        Files.setLastModifiedTime(file, FileTime.fromMillis(modified));
    }

    private SettingsWatch watch(HostConfig config) {
        return new SettingsWatch(config, told::add);
    }

    @Test
    void whatIsSetOfExtensionsAndQuotasHoldsFromThenOn() throws IOException {
        try (SettingsWatch watch = watch(HostConfig.fromHome(home))) {
            watch.look();
            assertThat(told).isEmpty();
            write(COMPAT);
            watch.look();
            watch.look();
            assertThat(told).hasSize(1);
            assertThat(told.getLast().of("garden").compat()).isTrue();
            write("{\"quota\": {\"per-second\": 7}}");
            watch.look();
            assertThat(told.getLast().of("garden").compat()).isFalse();
            assertThat(told.getLast().quota().perSecond()).isEqualTo(7);
            Files.delete(home.resolve("settings.json"));
            watch.look();
            assertThat(told.getLast()).isEqualTo(HostcallConfig.DEFAULT);
        }
    }

    @Test
    void aFileThatCannotBeUsedChangesNothing() throws IOException {
        write(COMPAT);
        try (SettingsWatch watch = watch(HostConfig.fromHome(home))) {
            for (String bad : List.of("{", "{\"ext\": 1}", "{\"nope\": 1}", "{\"quota\": {\"per-second\": 0}}")) {
                write(bad);
                watch.look();
            }
            assertThat(told).isEmpty();
            write("{}");
            watch.look();
            assertThat(told).hasSize(1);
            assertThat(told.getLast().of("garden").compat()).isFalse();
        }
    }

    @Test
    void aChangeThatCannotBeTakenOverDoesNotHideTheNextOne() throws IOException {
        List<HostcallConfig> heard = new ArrayList<>();
        try (SettingsWatch watch = new SettingsWatch(HostConfig.fromHome(home), config -> {
            heard.add(config);
            if (config.of("garden").compat()) {
                throw new IllegalStateException("not now");
            }
        })) {
            write(COMPAT);
            watch.look();
            write("{\"quota\": {\"per-second\": 7}}");
            watch.look();
            assertThat(heard).hasSize(2);
            assertThat(heard.getLast().quota().perSecond()).isEqualTo(7);
        }
    }

    @Test
    void whatAProgramHasSetBesideTheFileStays() throws IOException {
        write(COMPAT);
        HostConfig read = HostConfig.fromHome(home);
        HostcallConfig set = read.hostcalls()
                .withExtension("tool", ExtensionConfig.DEFAULT.withCompat(true))
                .withQuota(QuotaConfig.DEFAULT.withInFlight(3))
                .withProfile(PolicyProfile.SAFE);
        try (SettingsWatch watch = watch(read.withHostcalls(set))) {
            write("{\"ext\": {\"garden\": {\"compat\": false}}, \"quota\": {\"in-flight\": 5}}");
            watch.look();
            HostcallConfig now = told.getLast();
            assertThat(now.of("garden").compat()).isFalse();
            assertThat(now.of("tool").compat()).isTrue();
            assertThat(now.quota().inFlight()).isEqualTo(3);
            assertThat(now.profile()).isEqualTo(PolicyProfile.SAFE);
        }
    }

    @Test
    void profileAndLanesTakeARestart() throws IOException {
        try (SettingsWatch watch = watch(HostConfig.fromHome(home))) {
            write("{\"policy\": {\"profile\": \"permissive\"}, \"lanes\": {\"refusals\": 9}}");
            watch.look();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void aConfigurationThatWasNotReadFromTheFileDoesNotFollowIt() throws IOException {
        try (SettingsWatch watch = watch(HostConfig.at(home))) {
            write(COMPAT);
            watch.start();
            watch.look();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void aWatchThatWasStartedLooksByItself() throws Exception {
        BlockingQueue<HostcallConfig> heard = new LinkedBlockingQueue<>();
        try (SettingsWatch watch = new SettingsWatch(HostConfig.fromHome(home), heard::add)) {
            watch.start();
            watch.start();
            write(COMPAT);
            HostcallConfig now = heard.poll(30, TimeUnit.SECONDS);
            assertThat(now).isNotNull();
            assertThat(now.of("garden").compat()).isTrue();
        }
    }

    @Test
    void aWatchThatIsClosedLooksNoMore() throws IOException {
        SettingsWatch watch = watch(HostConfig.fromHome(home));
        watch.close();
        watch.close();
        watch.start();
        write(COMPAT);
        watch.look();
        assertThat(told).isEmpty();
    }
}
