package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Usage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run of a hook has one time and one amount of fuel, and a hook has so many steps and no more.
class HookLimitsTest {
    private static final Payload VALUE = Payload.text("\"\"");
    private static final String SPIN = "for (;;);";
    private static final String ADD = "return value + 'x'";

    @TempDir
    Path home;

    private Host open(HookConfig hooks) {
        return Host.open(HostConfig.at(home).withHooks(hooks));
    }

    private static Bundle filter(String name, String failure, String body) {
        String manifest = """
                {"apiVersion":"cloche.dev/v1","name":"%s","version":"1.0.0","kind":"script","entry":"main.js",
                 "contributes":{"hooks":[{"name":"text","kind":"filter","failure":"%s"}]}}""".formatted(name, failure);
        String code = "cloche.filter('text', (value) => { " + body + " })";
        return BundleReader.of(
                name,
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", code.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aHookWhoseTimeIsOverEndsAndPassesNobodyOverInSilence() {
        Duration limit = Duration.ofMillis(300);
        try (Host host = open(HookConfig.DEFAULT.withTimeout(limit))) {
            host.load(filter("slow", "skip", SPIN));
            host.load(filter("checks", "skip", ADD));
            host.load(filter("last", "skip", ADD));
            HookResult result = host.hook("text", VALUE);
            assertThat(result.completed()).isFalse();
            assertThat(result.value()).isEqualTo(VALUE);
            assertThat(result.failures())
                    .extracting(HookResult.Failure::extension)
                    .containsExactly("slow", "checks");
            assertThat(result.failures())
                    .extracting(HookResult.Failure::reply)
                    .allSatisfy(reply -> assertThat(reply).isInstanceOf(Reply.TimedOut.class));
            assertThat(result.failures().getLast().reply())
                    .isEqualTo(new Reply.TimedOut(
                            limit, "the steps before took all the time of the hook, hook=text steps-left=2"));
        }
    }

    @Test
    void aCallersTimeIsThatOfAllStepsAndCannotBeLongerThanTheHosts() {
        try (Host host = open(HookConfig.DEFAULT.withTimeout(Duration.ofMillis(300)))) {
            host.load(filter("slow", "fail", SPIN));
            for (long millis : new long[] {100, 60_000}) {
                CallOptions options = CallOptions.DEFAULT.withTimeout(Duration.ofMillis(millis));
                HookResult result = host.hook("text", VALUE, options);
                assertThat(result.completed()).isFalse();
                Reply.TimedOut reply =
                        (Reply.TimedOut) result.failures().getFirst().reply();
                assertThat(reply.limit()).isLessThanOrEqualTo(Duration.ofMillis(Math.min(millis, 300)));
            }
        }
    }

    @Test
    void allStepsDrawOnOneAmountOfFuelAndTheirSumIsTold() {
        try (Host host = open(HookConfig.DEFAULT)) {
            host.load(filter("a", "skip", ADD));
            List<Usage> told = new ArrayList<>();
            CallOptions metered = CallOptions.DEFAULT.withMeter(told::add);
            assertThat(host.hook("text", VALUE, metered).completed()).isTrue();
            assertThat(host.hook("text", VALUE, metered).completed()).isTrue();
            long one = told.getLast().fuel();
            host.load(filter("b", "skip", ADD));
            host.load(filter("c", "skip", ADD));
            assertThat(host.hook("text", VALUE, metered).value()).isEqualTo(Payload.text("\"xxx\""));
            assertThat(told).hasSize(3);
            assertThat(told.getLast().fuel()).isGreaterThan(2 * one);
            HookResult starved = host.hook("text", VALUE, metered.withFuel(one + one / 2));
            assertThat(starved.completed()).isFalse();
            assertThat(starved.value()).isEqualTo(Payload.text("\"x\""));
            assertThat(starved.failures())
                    .extracting(HookResult.Failure::extension)
                    .containsExactly("b", "c");
            assertThat(starved.failures())
                    .extracting(HookResult.Failure::reply)
                    .allSatisfy(reply ->
                            assertThat(((Reply.Exhausted) reply).budget()).isEqualTo(Budget.FUEL));
            assertThat(((Reply.Exhausted) starved.failures().getLast().reply()).message())
                    .isEqualTo("the steps before used all the fuel of the hook, hook=text steps-left=1");
        }
    }

    @Test
    void aMeterThatThrowsChangesNothing() {
        try (Host host = open(HookConfig.DEFAULT)) {
            host.load(filter("a", "skip", ADD));
            CallOptions metered = CallOptions.DEFAULT.withMeter(_ -> {
                throw new IllegalStateException("no");
            });
            assertThat(host.hook("text", VALUE, metered).value()).isEqualTo(Payload.text("\"x\""));
        }
    }

    @Test
    void oneStepTooManyIsRefusedWithItsPlaceAndTheOthersGoOn() {
        try (Host host = open(HookConfig.DEFAULT.withSteps(2))) {
            host.install(filter("a", "skip", ADD));
            host.load(filter("b", "skip", ADD));
            assertThatThrownBy(() -> host.install(filter("c", "skip", ADD)))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContainingAll("/contributes/hooks/0", "hook=text", "hooks.steps=2", "remove one");
            assertThat(host.hook("text", VALUE).value()).isEqualTo(Payload.text("\"xx\""));
            // One that takes its own place is no further one.
            host.load(filter("b", "skip", "return value + 'y'"));
            assertThat(host.hook("text", VALUE).value()).isEqualTo(Payload.text("\"xy\""));
            assertThat(host.remove("b")).isTrue();
            host.load(filter("c", "skip", "return value + 'c'"));
            assertThat(host.hook("text", VALUE).value()).isEqualTo(Payload.text("\"xc\""));
        }
    }

    @Test
    void boundsOutsideTheirRangeAreRefused() {
        assertThatThrownBy(() -> HookConfig.DEFAULT.withSteps(0)).hasMessageContaining("hooks.steps=0");
        assertThatThrownBy(() -> HookConfig.DEFAULT.withSteps(10_001)).hasMessageContaining("from 1 to 10000");
        assertThatThrownBy(() -> HookConfig.DEFAULT.withTimeout(Duration.ZERO)).hasMessageContaining("hooks.timeout=");
        assertThatThrownBy(() -> HookConfig.DEFAULT.withTimeout(Duration.ofHours(2)))
                .hasMessageContaining("hooks.timeout=");
    }
}
