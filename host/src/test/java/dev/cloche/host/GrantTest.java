package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Violation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/// A grant is taken only if a manifest could ask for the same: what is misspelt must not stand for everything.
class GrantTest {
    private static final String LOWER_CASE = "write a host name in lower case or an address (IPv6 in brackets), with"
            + " :port where needed, for example \"api.example.org\"";

    static final List<Arguments> REFUSED = List.of(
            Arguments.of(
                    "http.fetch",
                    Map.of("host", List.of("a.b")),
                    "/http.fetch/host: is an unknown field; did you" + " mean \"hosts\"?"),
            Arguments.of(
                    "http.fetch",
                    Map.of("hosts", List.of()),
                    "/http.fetch/hosts: is an empty list; write a list of"
                            + " host names, for example [\"api.example.org\"]"),
            Arguments.of(
                    "http.fetch",
                    Map.of("hosts", List.of("a.b", "A.B")),
                    "/http.fetch/hosts/1: \"A.B\" does not" + " have the right form; " + LOWER_CASE),
            Arguments.of(
                    "http.fetch",
                    Map.of("methods", List.of("get")),
                    "/http.fetch/methods/0: \"get\" is not one of the values there are; did you mean \"GET\"? There"
                            + " are DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
            Arguments.of("http.fetsch", Map.of(), "/http.fetsch: is an unknown field; did you mean \"http.fetch\"?"),
            Arguments.of(
                    "kv.read",
                    Map.of("keys", List.of("a")),
                    "/kv.read/keys: is an unknown field; remove it; no" + " fields are known here"),
            Arguments.of(
                    "fs.read",
                    Map.of("root", List.of("a", "b")),
                    "/fs.read/root: is a list; write a path without" + " \"..\", for example \"data\""),
            Arguments.of(
                    "fs.write",
                    Map.of("root", List.of("a/../..")),
                    "/fs.write/root: \"a/../..\" leads out by"
                            + " \"..\"; write a path without \"..\", for example \"data\""));

    private static final String ASKS_FOR_EVERYTHING = """
        {
          "apiVersion": "cloche.dev/v1", "name": "greedy", "version": "1.0.0", "kind": "script", "entry": "main.js",
          "capabilities": {
            "http.fetch": { "hosts": ["*.a.b:8080", "[::1]:80", "*"], "methods": ["GET", "POST"] },
            "kv.read": {}, "kv.write": {}, "fs.read": { "root": "data" }, "fs.write": { "root": "/srv/data" },
            "env.read": { "names": ["LANG"] }, "secrets.read": { "names": ["TOKEN"] },
            "events.emit": { "topics": ["order.*"] }, "events.subscribe": { "topics": ["order.paid"] },
            "tool.call": { "tools": ["text/count"] }, "exec": { "commands": ["git"] },
            "job.run": {}, "clock": {}, "random": {}, "log": {}
          }
        }
        """;

    private final HostConfig config = HostConfig.at(Path.of("home"));

    @ParameterizedTest
    @FieldSource("REFUSED")
    void whatNoManifestCouldAskForIsRefused(String name, Map<String, List<String>> parameters, String violation) {
        Capability grant = new Capability(name, parameters);
        assertThat(grant.grantViolations()).extracting(Violation::toString).containsExactly(violation);
        assertThatThrownBy(() -> config.withGrant("garden", grant))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the grant cannot be used: " + violation + ", extension=garden capability=" + grant.name());
    }

    @Test
    void everythingThatIsWrongIsSaid() {
        Capability grant = new Capability("http.fetch", Map.of("host", List.of("a.b"), "method", List.of("GET")));
        assertThat(grant.grantViolations())
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder("/http.fetch/host", "/http.fetch/method");
    }

    @Test
    void aGrantMayLeaveParametersToTheManifest() {
        for (String name : List.of("http.fetch", "fs.read", "env.read", "exec", "log")) {
            Capability grant = new Capability(name, Map.of());
            assertThat(grant.grantViolations()).isEmpty();
            assertThat(config.withGrant("garden", grant).grants()).containsEntry("garden", List.of(grant));
        }
        assertThat(new Capability("http.fetch", Map.of("methods", List.of("GET"))).grantViolations())
                .isEmpty();
    }

    @Test
    void whatAManifestAsksForCanBeGranted() {
        byte[] manifest = ASKS_FOR_EVERYTHING.getBytes(StandardCharsets.UTF_8);
        var requested = BundleReader.of("greedy", Map.of("cloche.json", manifest, "main.js", new byte[] {'1'}))
                .manifest()
                .capabilities();
        assertThat(requested).hasSize(15);
        assertThat(requested.values())
                .allSatisfy(
                        capability -> assertThat(capability.grantViolations()).isEmpty());
    }

    @Test
    void aListThatIsEmptiedLaterChangesNothing() {
        List<String> hosts = new ArrayList<>(List.of("a.b"));
        Capability grant = new Capability("http.fetch", Map.of("hosts", hosts));
        hosts.clear();
        assertThat(grant.values("hosts")).containsExactly("a.b");
    }
}
