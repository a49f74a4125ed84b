package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.telemetry.Finding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a host records of its own state, and how an embedder reads it.
class HostLedgerTest {
    @TempDir
    Path folder;

    private Path home;
    private Host host;

    @BeforeEach
    void open() {
        home = folder.resolve("home");
        host = Host.open(MemoryKinds.config(home));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static Bundle bundle(String version, String source) {
        String manifest = "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"notes\",\"version\":\"" + version
                + "\",\"kind\":\"script\",\"entry\":\"main.js\","
                + "\"contributes\":{\"commands\":[{\"name\":\"main\"}]}}";
        return BundleReader.of(
                "notes",
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", source.getBytes(StandardCharsets.UTF_8)));
    }

    private static Bundle bundle(String version) {
        return bundle(version, "cloche.command('main', () => '')");
    }

    private List<LedgerEvent> events() {
        return host.ledger().entries(LedgerQuery.LAST).stream()
                .map(LedgerEntry::event)
                .toList();
    }

    @Test
    void installingReplacingAndRemovingAreRows() {
        String one = "1.0.0 " + host.install(bundle("1.0.0")).digest();
        String two = "2.0.0 " + host.install(bundle("2.0.0"), TriggeredBy.USER).digest();
        assertThat(host.remove("notes")).isTrue();
        assertThat(host.remove("notes", TriggeredBy.USER)).isFalse();
        assertThat(events())
                .containsExactly(
                        LedgerEvent.of(LedgerKind.EXTENSION_INSTALLED, "notes", "request", TriggeredBy.API)
                                .withChange("", one),
                        LedgerEvent.of(LedgerKind.EXTENSION_REPLACED, "notes", "request", TriggeredBy.USER)
                                .withChange(one, two),
                        LedgerEvent.of(LedgerKind.EXTENSION_REMOVED, "notes", "request", TriggeredBy.API)
                                .withChange(two, ""));
        LedgerHead head = host.ledger().head();
        host.close();
        open();
        assertThat(host.ledger().verify(head.hash())).isEqualTo(new LedgerVerdict.Intact(head));
    }

    @Test
    void whatDidNotHappenIsNoRow() {
        host.install(bundle("1.0.0"));
        assertThatThrownBy(() -> host.install(bundle("2.0.0", "throw new Error('no')")))
                .isInstanceOf(BundleException.class);
        host.load(bundle("3.0.0"));
        assertThat(events()).hasSize(1);
    }

    @Test
    void lookingMakesNoHome() {
        assertThat(host.ledger().head()).isEqualTo(LedgerHead.EMPTY);
        assertThat(host.ledger().verify()).isEqualTo(new LedgerVerdict.Intact(LedgerHead.EMPTY));
        assertThat(events()).isEmpty();
        assertThat(finding().message())
                .isEqualTo("rows=0 head=" + "0".repeat(64) + " denials-recorded=0 denials-waiting=0");
        assertThat(home).doesNotExist();
    }

    @Test
    void theDoctorTellsTheHead() {
        host.install(bundle("1.0.0"));
        assertThat(finding().level()).isEqualTo(Finding.Level.OK);
        assertThat(finding().message())
                .startsWith("rows=1 head=" + host.ledger().head().hash());
    }

    private Finding finding() {
        return host.doctor().stream()
                .filter(found -> found.id().equals("storage.ledger"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aClosedHostHasNoLedger() {
        host.close();
        assertThatThrownBy(host::ledger).isInstanceOf(IllegalStateException.class);
    }
}
