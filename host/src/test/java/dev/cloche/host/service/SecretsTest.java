package dev.cloche.host.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.policy.PolicyRule;
import dev.cloche.host.policy.PolicyRule.Effect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// Secrets as guests have them: by name, from a file that is nobody else's; and nowhere else to be found.
@EnabledOnOs({OS.LINUX, OS.MAC})
class SecretsTest {
    private static final String VALUE = "kept-to-itself-7f3a";

    @TempDir
    Path home;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.cloche.host");
    private final Level before = logger.getLevel();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.TRACE);
    }

    @AfterEach
    void noSecretIsInTheLog() {
        logger.detachAppender(log);
        logger.setLevel(before);
        assertThat(logged()).doesNotContain("kept-to-itself");
    }

    private String logged() {
        return log.list.stream()
                .map(event -> event.getFormattedMessage() + " "
                        + (event.getThrowableProxy() == null
                                ? ""
                                : event.getThrowableProxy().getMessage()))
                .collect(Collectors.joining("\n"));
    }

    private long warnings() {
        return log.list.stream().filter(event -> event.getLevel() == Level.WARN).count();
    }

    private void write(String json, String rights) throws IOException {
        Path file = Files.writeString(home.resolve("secrets.json"), json);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    }

    private static Capability names(String... names) {
        return new Capability("secrets.read", names.length == 0 ? Map.of() : Map.of("names", List.of(names)));
    }

    private static GuestSide guest(OpHarness harness, PolicyRule... rules) {
        return harness.port("notes", List.of(rules), names("TOKEN", "APP_*"));
    }

    private static PolicyRule rule(Effect effect, String... names) {
        return new PolicyRule("notes", effect, names(names));
    }

    private OpHarness harness() {
        return harness(new SecretsFile(home));
    }

    private static OpHarness harness(SecretSource source) {
        return new OpHarness(new OpTable(EnvService.secrets(source).ops()));
    }

    private static Outcome get(GuestSide guest, String name) {
        return OpHarness.call(guest, "secrets.get", "{\"name\":\"" + name + "\"}");
    }

    private static void assertUnusable(Outcome outcome) {
        assertThat(outcome)
                .isEqualTo(new Failed(
                        FailedCode.IO, "secrets.get: the host cannot look values up; its log says why", false));
    }

    private static Outcome found(String value) {
        return OpHarness.ok("{\"found\":true,\"value\":\"" + value + "\"}");
    }

    @Test
    void aSecretIsReadByItsNameAndAnewEachTime() throws IOException {
        try (OpHarness harness = harness()) {
            GuestSide guest = guest(harness, rule(Effect.ALLOW));
            assertThat(get(guest, "TOKEN")).isEqualTo(OpHarness.ok("{\"found\":false}"));
            write("{\"TOKEN\":\"" + VALUE + "\",\"APP_KEY\":\"\u00e9\\n\"}", "rw-------");
            assertThat(get(guest, "TOKEN")).isEqualTo(found(VALUE));
            assertThat(get(guest, "APP_KEY")).isEqualTo(found("\u00e9\\n"));
            assertThat(get(guest, "APP_OTHER")).isEqualTo(OpHarness.ok("{\"found\":false}"));
            // Of the same length, and perhaps within the same tick of the file system's clock.
            write("{\"TOKEN\":\"" + VALUE.replace('7', '8') + "\",\"APP_KEY\":\"\u00e9\\n\"}", "r--------");
            assertThat(get(guest, "TOKEN")).isEqualTo(found(VALUE.replace('7', '8')));
            Files.delete(home.resolve("secrets.json"));
            assertThat(get(guest, "TOKEN")).isEqualTo(OpHarness.ok("{\"found\":false}"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw------x", "rwxrwxrwx"})
    void aFileThatOthersHaveRightsToIsNotUsed(String rights) throws IOException {
        write("{\"TOKEN\":\"" + VALUE + "\"}", rights);
        try (OpHarness harness = harness()) {
            GuestSide guest = guest(harness, rule(Effect.ALLOW));
            assertUnusable(get(guest, "TOKEN"));
            assertUnusable(get(guest, "TOKEN"));
            assertThat(logged()).contains("chmod 600", "file=" + home.resolve("secrets.json"));
            assertThat(warnings()).isEqualTo(1);
            write("{\"TOKEN\":\"" + VALUE + "\"}", "rw-------");
            assertThat(get(guest, "TOKEN")).isEqualTo(found(VALUE));
            write("{\"TOKEN\":\"" + VALUE + "\"}", rights);
            assertUnusable(get(guest, "TOKEN"));
            assertThat(warnings()).isEqualTo(2);
        }
    }

    @Test
    void anotherUsersFileIsNotUsed() throws IOException {
        write("{\"TOKEN\":\"" + VALUE + "\"}", "rw-------");
        var users = home.getFileSystem().getUserPrincipalLookupService();
        // Only the superuser can give a file away; whoever runs the tests otherwise cannot have one to try with.
        if (Files.getAttribute(home, "unix:uid").equals(0)) {
            Files.setOwner(home.resolve("secrets.json"), users.lookupPrincipalByName("nobody"));
            try (OpHarness harness = harness()) {
                assertUnusable(get(guest(harness, rule(Effect.ALLOW)), "TOKEN"));
                assertThat(logged()).contains("belongs to another user", "owner=nobody");
            }
        }
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        write("{\"TOKEN\":\"" + VALUE + "\"}", "rw-------");
        Files.move(home.resolve("secrets.json"), home.resolve("elsewhere"));
        Files.createSymbolicLink(home.resolve("secrets.json"), home.resolve("elsewhere"));
        try (OpHarness harness = harness()) {
            assertUnusable(get(guest(harness, rule(Effect.ALLOW)), "TOKEN"));
            assertThat(logged()).contains("no regular file");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "kept-to-itself",
                "[\"kept-to-itself\"]",
                "{\"TOKEN\":kept-to-itself}",
                "{\"TOKEN\":1}",
                "{\"TOKEN\":\"kept-to-itself\",\"TOKEN\":\"kept-to-itself\"}",
                "{\"a\":{\"TOKEN\":\"kept-to-itself\"}}",
                "{\"TOKEN\":\"kept-to-itself",
                "{\"TOKEN\":\"kept-to-itself\"} kept-to-itself",
                "{\"TOKEN\":\"kept-to-itself\",\"kept-to-itself\":null}"
            })
    void aFileOfAnotherFormIsNotUsedAndNotQuoted(String json) throws IOException {
        write(json, "rw-------");
        try (OpHarness harness = harness()) {
            assertUnusable(get(guest(harness, rule(Effect.ALLOW)), "TOKEN"));
            assertThat(logged()).contains("the file of secrets is not used");
        }
    }

    @Test
    void aFileThatIsTooLargeIsNotUsed() throws IOException {
        write("{\"TOKEN\":\"" + "x".repeat(SecretsFile.BYTES_MAX) + "\"}", "rw-------");
        try (OpHarness harness = harness()) {
            assertUnusable(get(guest(harness, rule(Effect.ALLOW)), "TOKEN"));
        }
    }

    @Test
    void onlyNamesThatManifestAndGrantCoverAreRead() throws IOException {
        write("{\"TOKEN\":\"" + VALUE + "\",\"APP_KEY\":\"" + VALUE + "\",\"OTHER\":\"" + VALUE + "\"}", "rw-------");
        try (OpHarness harness = harness()) {
            GuestSide narrow = guest(harness, rule(Effect.ALLOW, "APP_KEY", "OTHER"));
            assertThat(get(narrow, "APP_KEY")).isEqualTo(found(VALUE));
            assertDenied(get(narrow, "OTHER"), "manifest.parameters");
            assertDenied(get(narrow, "TOKEN"), "grant.parameters");
            assertDenied(get(guest(harness), "TOKEN"), "grant.missing");
            GuestSide denied = guest(harness, rule(Effect.ALLOW), rule(Effect.DENY, "APP_*"));
            assertDenied(get(denied, "APP_KEY"), "deny.parameters");
            assertThat(get(denied, "TOKEN")).isEqualTo(found(VALUE));
        }
    }

    private static void assertDenied(Outcome outcome, String rule) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Denied.class, denied -> assertThat(denied.details()).containsEntry("rule", rule));
    }

    @Test
    void anEmbeddersSourceIsAskedAndItsFailureIsNotTold() {
        Function<String, Optional<String>> source = name -> switch (name) {
            case "TOKEN" -> Optional.of(VALUE);
            case "APP_FAILS" -> throw new IllegalStateException("kept-to-itself");
            default -> Optional.empty();
        };
        try (OpHarness harness = harness(SecretSource.of(source))) {
            GuestSide guest = guest(harness, rule(Effect.ALLOW));
            assertThat(get(guest, "TOKEN")).isEqualTo(found(VALUE));
            assertThat(get(guest, "APP_NONE")).isEqualTo(OpHarness.ok("{\"found\":false}"));
            assertUnusable(get(guest, "APP_FAILS"));
            assertThat(logged()).contains("exception=java.lang.IllegalStateException");
        }
    }

    @Test
    void theGuestsThreadDoesNotReadTheFile() {
        assertThat(EnvService.secrets(new SecretsFile(home)).ops())
                .singleElement()
                .satisfies(op -> assertThat(op.nature()).isEqualTo(Op.Nature.BLOCKING))
                .satisfies(op -> assertThat(op.reads()).isTrue());
    }
}
