package dev.cloche.host.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
    private static final Policy NO_GRANTS = new Policy(Profile.BALANCED, Map.of());

    private static Capability capability(String name) {
        return new Capability(name, Map.of());
    }

    private static Map<String, Capability> requested(Capability... capabilities) {
        Map<String, Capability> map = new TreeMap<>();
        Arrays.stream(capabilities).forEach(capability -> map.put(capability.name(), capability));
        return map;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log",
                "kv.read",
                "kv.write",
                "clock",
                "random",
                "events.emit",
                "events.subscribe",
                "tool.call",
                "job.run"
            })
    void balancedProfileGivesWhatStaysInTheHost(String name) {
        Capability asked = capability(name);
        Decision decision = NO_GRANTS.resolve("notes", requested(asked)).decide(name);
        assertThat(decision).isEqualTo(new Decision.Allowed(name, "profile:balanced", asked, List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http.fetch", "fs.read", "fs.write", "env.read", "secrets.read", "exec", "events", "kv.admin"})
    void balancedProfileGivesNothingThatReachesOut(String name) {
        Decision decision =
                NO_GRANTS.resolve("notes", requested(capability(name))).decide(name);
        assertThat(decision)
                .isEqualTo(new Decision.Refused(
                        name,
                        "grant.missing",
                        "profile balanced does not give " + name
                                + "; the operator has to grant it, extension=notes capability=" + name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "kv.write", "http.fetch", "exec"})
    void whatTheManifestDoesNotAskForIsRefusedEvenIfGranted(String name) {
        Policy policy = new Policy(Profile.BALANCED, Map.of("*", List.of(capability(name))));
        Decision decision =
                policy.resolve("notes", requested(capability("kv.read"))).decide(name);
        assertThat(decision)
                .isEqualTo(new Decision.Refused(
                        name,
                        "manifest.missing",
                        "the manifest does not ask for " + name
                                + "; add it to \"capabilities\" in cloche.json, extension=notes capability=" + name));
    }

    @Test
    void grantOfAnotherExtensionDoesNotCount() {
        Policy policy = new Policy(Profile.BALANCED, Map.of("weather", List.of(capability("http.fetch"))));
        assertThat(policy.resolve("notes", requested(capability("http.fetch"))).decide("http.fetch"))
                .isInstanceOf(Decision.Refused.class);
        assertThat(policy.resolve("weather", requested(capability("http.fetch")))
                        .decide("http.fetch"))
                .extracting(Decision::rule)
                .isEqualTo("grant:weather");
    }

    @Test
    void grantForEveryExtensionCounts() {
        Policy policy = new Policy(Profile.BALANCED, Map.of("*", List.of(capability("http.fetch"))));
        assertThat(policy.resolve("notes", requested(capability("http.fetch"))).decide("http.fetch"))
                .extracting(Decision::rule)
                .isEqualTo("grant:*");
    }

    @Test
    void grantComesBeforeTheProfileAndNarrowsIt() {
        Capability narrow = new Capability("events.emit", Map.of("topics", List.of("orders")));
        Policy policy = new Policy(Profile.BALANCED, Map.of("notes", List.of(narrow)));
        Decision decision =
                policy.resolve("notes", requested(capability("events.emit"))).decide("events.emit");
        assertThat(decision)
                .isEqualTo(new Decision.Allowed(
                        "events.emit", "grant:notes", capability("events.emit"), List.of(narrow), List.of()));
    }

    @Test
    void parametersOfBothSidesMustMatchAndThoseOfOneGrantAreNotMixedWithAnothers() {
        Capability asked = new Capability("http.fetch", Map.of("hosts", List.of("a", "b", "c")));
        Capability readA = new Capability("http.fetch", Map.of("hosts", List.of("a", "d"), "methods", List.of("GET")));
        Capability writeB = new Capability("http.fetch", Map.of("hosts", List.of("b"), "methods", List.of("POST")));
        Policy policy = new Policy(Profile.BALANCED, Map.of("notes", List.of(readA), "*", List.of(writeB)));
        Decision.Allowed allowed =
                (Decision.Allowed) policy.resolve("notes", requested(asked)).decide("http.fetch");
        assertThat(permits(allowed, "a", "GET")).isTrue();
        assertThat(permits(allowed, "b", "POST")).isTrue();
        assertThat(permits(allowed, "a", "POST")).isFalse();
        assertThat(permits(allowed, "d", "GET")).as("granted, not asked for").isFalse();
        assertThat(permits(allowed, "c", "GET")).as("asked for, not granted").isFalse();
    }

    private static boolean permits(Decision.Allowed allowed, String host, String method) {
        return allowed.permits(side -> side.values("hosts").contains(host)
                && (side.values("methods").isEmpty() || side.values("methods").contains(method)));
    }

    @Test
    void tellsWhatIsGrantedAndWhatIsWithheldInOrderOfName() {
        PolicyTable table = NO_GRANTS.resolve(
                "notes",
                requested(capability("log"), capability("http.fetch"), capability("exec"), capability("kv.read")));
        assertThat(table.granted()).extracting(Capability::name).containsExactly("kv.read", "log");
        assertThat(table.withheld()).extracting(Capability::name).containsExactly("exec", "http.fetch");
    }

    @Test
    void decidesOnceAndAnswersTheSameObject() {
        PolicyTable table = NO_GRANTS.resolve("notes", requested(capability("log")));
        assertThat(table.decide("log")).isSameAs(table.decide("log"));
    }

    private static Capability root(String root) {
        return new Capability("fs.read", Map.of("root", List.of(root)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "/data", "data/", "./data", "data//.", "//data/./"})
    void aRootIsItsNamesHoweverItIsWritten(String root) {
        assertThat(List.of("data", "data/x", "data/x/y")).allMatch(path -> Scopes.coversPath(root(root), path));
        assertThat(List.of("", "dat", "data2", "x/data", "/data", "data/../x", "data/./x", "data//x", "data\\x"))
                .noneMatch(path -> Scopes.coversPath(root(root), path));
        assertThat(Scopes.liesBelow(root(root), "")).isTrue();
        assertThat(Scopes.liesBelow(root(root), "data")).isFalse();
        assertThat(Scopes.liesBelow(root(root + "/in"), "data")).isTrue();
        assertThat(Scopes.liesBelow(root(root + "/in"), "dat")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "/", "./", "/."})
    void aRootWithoutNamesIsAllThereIs(String root) {
        assertThat(List.of("", "data", "data/x")).allMatch(path -> Scopes.coversPath(root(root), path));
        assertThat(List.of("..", "a/..", "/a", "a/")).noneMatch(path -> Scopes.coversPath(root(root), path));
        assertThat(Scopes.liesBelow(root(root), "")).isFalse();
    }
}
