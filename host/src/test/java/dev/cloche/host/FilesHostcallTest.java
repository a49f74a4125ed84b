package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.Finding.Level;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A script that has files and secrets of the host.
@Timeout(120)
@EnabledOnOs({OS.LINUX, OS.MAC})
class FilesHostcallTest {
    private static final String MANIFEST = """
        {"apiVersion": "cloche.dev/v1", "name": "clerk", "version": "1.0.0", "kind": "script", "entry": "main.js",
         "capabilities": {"fs.read": {"root": "data"}, "fs.write": {"root": "data/out"},
           "secrets.read": {"names": ["TOKEN"]}},
         "contributes": {"tools": [{"name": "ask"}, {"name": "copy"}]}}
        """;
    private static final String SOURCE = """
        cloche.tool('ask', (request) => cloche.hostcall(request.op, request.params));
        const value = async (op, params) => (await cloche.hostcall(op, params)).value;
        cloche.tool('copy', async () => {
          const names = (await value('fs.list', {path: 'data'})).entries.filter((e) => e.type === 'file');
          await Promise.all(names.map(async ({name}) => {
            const {content} = await value('fs.read', {path: 'data/' + name});
            await value('fs.write', {path: 'data/out/' + name, content: content.toUpperCase()});
          }));
          return names.length;
        });
        """;

    @TempDir
    Path folder;

    private Path home;
    private Path files;

    @BeforeEach
    void plant() throws IOException {
        home = folder.resolve("home");
        files = folder.resolve("files");
        Files.createDirectories(home);
        Files.createDirectories(files.resolve("data/out"));
        Files.writeString(files.resolve("data/a"), "alpha");
        Files.writeString(files.resolve("data/b"), "beta");
        Files.writeString(files.resolve("beside"), "beside");
        Path secrets = Files.writeString(home.resolve("secrets.json"), "{\"TOKEN\":\"kept-to-itself\"}");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
    }

    private static Bundle bundle() {
        return BundleReader.of(
                "clerk",
                Map.of(
                        "cloche.json", MANIFEST.getBytes(StandardCharsets.UTF_8),
                        "main.js", SOURCE.getBytes(StandardCharsets.UTF_8)));
    }

    private HostConfig granted() {
        return MemoryKinds.config(home)
                .withFilesRoot(files)
                .withGrant("clerk", new Capability("fs.read", Map.of()))
                .withGrant("clerk", new Capability("fs.write", Map.of()))
                .withGrant("clerk", new Capability("secrets.read", Map.of()));
    }

    private static String ask(Host host, String op, String params) {
        return answer(host, "ask", "{\"op\":\"" + op + "\",\"params\":" + params + "}");
    }

    private static String answer(Host host, String tool, String request) {
        return host.call(Call.of("clerk", Entry.tool(tool), Payload.text(request)))
                .payloadOrThrow()
                .text();
    }

    @Test
    void aScriptReadsAndWritesWhatItIsGranted() {
        try (Host host = Host.open(granted())) {
            host.load(bundle());
            assertThat(answer(host, "copy", "{}")).isEqualTo("2");
            assertThat(files.resolve("data/out/a")).hasContent("ALPHA");
            assertThat(files.resolve("data/out/b")).hasContent("BETA");
            assertThat(ask(host, "fs.read", "{\"path\":\"data/out/b\"}")).contains("{\"content\":\"BETA\"}");
            assertThat(ask(host, "fs.read", "{\"path\":\"beside\"}")).contains("manifest.parameters");
            assertThat(ask(host, "fs.write", "{\"path\":\"data/a\",\"content\":\"\",\"mode\":\"replace\"}"))
                    .contains("manifest.parameters");
            assertThat(ask(host, "fs.read", "{\"path\":\"data/absent\"}"))
                    .contains("not_found")
                    .doesNotContain(folder.toString());
        }
        assertThat(files.resolve("data/a")).hasContent("alpha");
    }

    @Test
    void aDenialHoldsFromTheNextHostcallOn() {
        try (Host host = Host.open(granted())) {
            host.load(bundle());
            assertThat(ask(host, "fs.read", "{\"path\":\"data/a\"}")).contains("alpha");
            host.policy().deny("*", new Capability("fs.read", Map.of("root", List.of("/data/a"))), TriggeredBy.USER);
            assertThat(ask(host, "fs.read", "{\"path\":\"data/a\"}")).contains("deny.parameters");
            assertThat(ask(host, "fs.read", "{\"path\":\"data/b\"}")).contains("beta");
        }
    }

    @Test
    void nothingIsToBeHadWithoutGrantOrFolder() {
        try (Host host = Host.open(MemoryKinds.config(home).withFilesRoot(files))) {
            host.load(bundle());
            assertThat(ask(host, "fs.read", "{\"path\":\"data/a\"}")).contains("grant.missing");
            assertThat(ask(host, "secrets.get", "{\"name\":\"TOKEN\"}")).contains("grant.missing");
        }
        HostConfig without = MemoryKinds.config(home).withGrant("clerk", new Capability("fs.read", Map.of()));
        try (Host host = Host.open(without)) {
            host.load(bundle());
            assertThat(ask(host, "fs.read", "{\"path\":\"data/a\"}")).contains("unsupported", "setting=files.root");
        }
    }

    @Test
    void aSecretIsWithTheGuestAndNowhereElse() throws IOException {
        try (Host host = Host.open(granted())) {
            host.load(bundle());
            host.policy().grant("*", new Capability("log", Map.of()), TriggeredBy.USER);
            assertThat(ask(host, "secrets.get", "{\"name\":\"TOKEN\"}"))
                    .contains("{\"found\":true,\"value\":\"kept-to-itself\"}");
            ask(host, "secrets.get", "{\"name\":\"OTHER\"}");
            assertThat(host.ledger().entries(LedgerQuery.LAST).toString()).doesNotContain("kept-to-itself");
            assertThat(host.doctor().toString()).doesNotContain("kept-to-itself");
        }
        try (Stream<Path> kept = Files.walk(home)) {
            assertThat(kept.filter(Files::isRegularFile).filter(FilesHostcallTest::holdsTheSecret))
                    .containsExactly(home.resolve("secrets.json"));
        }
    }

    private static boolean holdsTheSecret(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains("kept-to-itself");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anEmbedderHasSecretsOfItsOwn() {
        HostConfig config =
                granted().withSecrets(name -> name.equals("TOKEN") ? Optional.of("another") : Optional.empty());
        try (Host host = Host.open(config)) {
            host.load(bundle());
            assertThat(ask(host, "secrets.get", "{\"name\":\"TOKEN\"}")).contains("another");
            assertThat(finding(host, "policy.secrets").message()).contains("embeds the host");
        }
    }

    private static Finding finding(Host host, String id) {
        return host.doctor(Set.of("policy")).stream()
                .filter(finding -> finding.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theDoctorLooksAtFolderAndSecrets() throws IOException {
        try (Host host = Host.open(granted())) {
            assertThat(finding(host, "policy.files").message()).isEqualTo("files.root=" + files + " writable=true");
            assertThat(finding(host, "policy.secrets").message())
                    .isEqualTo("secrets=1 file=" + home.resolve("secrets.json"));
            Files.setPosixFilePermissions(home.resolve("secrets.json"), PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(finding(host, "policy.secrets")).satisfies(found -> {
                assertThat(found.level()).isEqualTo(Level.ERROR);
                assertThat(found.message()).contains("chmod 600");
            });
            Files.delete(home.resolve("secrets.json"));
            assertThat(finding(host, "policy.secrets").message()).startsWith("there are no secrets");
            Files.move(files, folder.resolve("gone"));
            assertThat(finding(host, "policy.files").level()).isEqualTo(Level.ERROR);
            Files.writeString(files, "a file");
            assertThat(finding(host, "policy.files").message()).contains("no folder");
        }
        try (Host host = Host.open(MemoryKinds.config(home))) {
            assertThat(finding(host, "policy.files").level()).isEqualTo(Level.OK);
        }
    }

    @Test
    void aFolderThatHoldsTheHomeIsRefused() throws IOException {
        HostConfig config = HostConfig.at(home);
        for (Path bad : List.of(home, folder, Path.of("/"), home.resolve("x/.."))) {
            assertThatThrownBy(() -> config.withFilesRoot(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("files.root=" + bad);
        }
        assertThatThrownBy(() -> config.withFilesRoot(Path.of("files"))).isInstanceOf(IllegalArgumentException.class);
        Files.createSymbolicLink(folder.resolve("link"), folder);
        try (Host host = Host.open(config.withFilesRoot(folder.resolve("link")))) {
            assertThat(finding(host, "policy.files").message()).contains("the host's own");
        }
        assertThat(config.filesRoot()).isEmpty();
    }
}
