package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who decides which lane hostcalls take, and when they go over by themselves.
@Timeout(60)
class LaneControlTest {
    private static final String ID = "notes";
    private static final long SECOND = 1_000_000_000L;
    private static final Map<String, LaneOverride> OPTIONS = new TreeMap<>(Map.of(
            "unset", LaneOverride.UNSET,
            "all", LaneOverride.ALL,
            "none", LaneOverride.NONE,
            "this", LaneOverride.some(Set.of(ID)),
            "other", LaneOverride.some(Set.of("weather"))));

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);
    private final AtomicLong millis = new AtomicLong(1_000);
    private final List<LaneChange> changes = new ArrayList<>();

    private LaneControl control(LaneOverride option, OverloadSettings overload) {
        return new LaneControl(option, overload, nanos::get, millis::get, changes::add);
    }

    private LaneControl control() {
        return control(LaneOverride.UNSET, OverloadSettings.DEFAULT);
    }

    private static OverloadSettings overload(int refusals) {
        return new OverloadSettings(true, refusals, Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    private static LaneForce force(String extension, String reason) {
        return new LaneForce(extension, reason, "user", 5);
    }

    private static void overload(LaneControl control, int refusals) {
        for (int i = 0; i < refusals; i++) {
            control.of(ID).overloaded();
        }
    }

    /// All that can be said at once, and what holds.
    @Test
    void theMostUrgentWordDecidesWhateverElseIsSaid() {
        OPTIONS.forEach((option, override) -> {
            for (int said = 0; said < 32; said++) {
                check(option, override, said);
            }
        });
    }

    private void check(String option, LaneOverride override, int said) {
        boolean all = (said & 1) != 0;
        boolean one = (said & 2) != 0;
        boolean settings = (said & 4) != 0;
        boolean overloaded = (said & 8) != 0;
        boolean early = (said & 16) != 0;
        LaneControl control = control(override, overload(1));
        if (early) {
            assertThat(control.of(ID).state()).isEqualTo(control.state(ID));
        }
        if (overloaded) {
            overload(control, 1);
        }
        if (all) {
            control.force(force(LaneForce.EVERY, "everybody"));
        }
        if (one) {
            control.force(force(ID, "mine"));
        }
        if (settings) {
            control.settings(Set.of(ID));
        }
        String reason = reason(option, all, one, settings, overloaded);
        LaneState state = control.state(ID);
        assertThat(state.reasonCode()).as("option=%s said=%d", option, said).isEqualTo(reason);
        boolean compat = !Set.of("option.none", "default").contains(reason);
        assertThat(state.lane()).isEqualTo(compat ? LaneKind.COMPAT : LaneKind.FAST);
        assertThat(control.of(ID).compat()).isEqualTo(compat);
        assertThat(state.triggeredBy()).isEqualTo(Set.of("default", "overload").contains(reason) ? "host" : "user");
        assertThat(control.state("somebody-else").reasonCode())
                .isEqualTo(reason(option.equals("this") ? "unset" : option, all, false, false, false));
    }

    private static String reason(String option, boolean all, boolean one, boolean settings, boolean overloaded) {
        return switch (option) {
            case "all" -> "option.all";
            case "none" -> "option.none";
            case "this" -> "option.extension";
            default -> all ? "everybody" : one ? "mine" : settings ? "settings" : overloaded ? "overload" : "default";
        };
    }

    @Test
    void whatTheStartSaidHoldsSinceTheStartWhateverTheSettingsSayLater() {
        LaneControl control = control(LaneOverride.ALL, OverloadSettings.DEFAULT);
        millis.set(9_000);
        control.settings(Set.of(ID));
        assertThat(control.state(ID).sinceMillis()).isEqualTo(1_000);
        assertThat(control.of(ID).state().sinceMillis()).isEqualTo(1_000);
    }

    /// Words come and go in any order: what holds is what is said then, and each change is told once, with what was.
    @Test
    void whateverComesAndGoesWhatIsSaidHoldsAndEachChangeIsTold() {
        for (long seed = 1; seed <= 200; seed++) {
            var random = new Random(seed);
            changes.clear();
            LaneControl control = control(
                    LaneOverride.UNSET, new OverloadSettings(false, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)));
            LaneState last = control.of(ID).state();
            boolean all = false;
            boolean one = false;
            boolean settings = false;
            for (int i = 0; i < 100; i++) {
                switch (random.nextInt(6)) {
                    case 0 -> {
                        control.force(force(LaneForce.EVERY, "everybody"));
                        all = true;
                    }
                    case 1 -> {
                        assertThat(control.revert(LaneForce.EVERY)).isEqualTo(all);
                        all = false;
                    }
                    case 2 -> {
                        control.force(force(ID, "mine"));
                        one = true;
                    }
                    case 3 -> {
                        assertThat(control.revert(ID)).isEqualTo(one);
                        one = false;
                    }
                    case 4 -> {
                        settings = !settings;
                        control.settings(settings ? Set.of(ID, "x") : Set.of("x"));
                    }
                    default -> control.force(force("somebody-else", "theirs"));
                }
                assertThat(control.state(ID).reasonCode())
                        .as("seed=%d", seed)
                        .isEqualTo(reason("unset", all, one, settings, false));
                assertThat(control.forces().containsKey(ID)).isEqualTo(one);
            }
            for (LaneChange change : changes) {
                assertThat(change.extension()).isEqualTo(ID);
                assertThat(change.from()).isEqualTo(last);
                assertThat(change.to()).isNotEqualTo(last);
                last = change.to();
            }
            assertThat(control.of(ID).state()).isEqualTo(last);
        }
    }

    @Test
    void aChangeOfSettingsThatSaysTheSameIsNone() {
        LaneControl control = control();
        control.settings(Set.of(ID));
        LaneState state = control.state(ID);
        millis.set(2_000);
        control.settings(Set.of(ID));
        assertThat(control.state(ID)).isEqualTo(state);
    }

    @Test
    void anExtensionIsOverloadedOnceItWasRefusedSoOftenWithinTheWindow() {
        LaneControl control = control(LaneOverride.UNSET, overload(5));
        overload(control, 4);
        assertThat(control.of(ID).compat()).isFalse();
        nanos.addAndGet(10 * SECOND + 1);
        overload(control, 4);
        assertThat(control.of(ID).compat())
                .as("those of another window do not count")
                .isFalse();
        nanos.addAndGet(10 * SECOND);
        overload(control, 1);
        assertThat(control.of(ID).compat()).isTrue();
        assertThat(changes)
                .extracting(
                        change -> change.to().reasonCode(),
                        change -> change.from().reasonCode())
                .containsExactly(org.assertj.core.groups.Tuple.tuple("overload", "default"));
    }

    @Test
    void theCompatLaneIsKeptForTheHoldAndLeftWithTheNextHostcall() {
        LaneControl control = control(LaneOverride.UNSET, overload(1));
        overload(control, 1);
        nanos.addAndGet(30 * SECOND - 1);
        assertThat(control.of(ID).compat()).isTrue();
        nanos.addAndGet(1);
        assertThat(changes).hasSize(1);
        assertThat(control.of(ID).compat()).isFalse();
        assertThat(changes).hasSize(2);
        assertThat(control.state(ID).reasonCode()).isEqualTo("default");
    }

    /// How long an overload lasts, found out by looking.
    private long lasts(LaneControl control) {
        long before = nanos.get();
        overload(control, 1);
        assertThat(control.of(ID).compat()).isTrue();
        while (control.of(ID).compat()) {
            nanos.addAndGet(SECOND);
        }
        return (nanos.get() - before) / SECOND;
    }

    @Test
    void theHoldDoublesUpToSixteenTimesWhereTheOverloadComesBackSoon() {
        LaneControl control = control(LaneOverride.UNSET, overload(1));
        for (long expected : new long[] {30, 60, 120, 240, 480, 480, 480}) {
            assertThat(lasts(control)).isEqualTo(expected);
            nanos.addAndGet(59 * SECOND);
        }
        nanos.addAndGet(SECOND);
        assertThat(lasts(control)).as("after a quiet time").isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "none", "this"})
    void anOverloadChangesNothingWhereTheOptionDecides(String option) {
        LaneControl control = control(Objects.requireNonNull(OPTIONS.get(option)), overload(1));
        overload(control, 100);
        nanos.addAndGet(100 * SECOND);
        boolean _ = control.of(ID).compat();
        assertThat(changes).isEmpty();
    }

    @Test
    void switchedOffNoOverloadBegins() {
        LaneControl control = control(
                LaneOverride.UNSET, new OverloadSettings(false, 1, Duration.ofSeconds(10), Duration.ofSeconds(30)));
        overload(control, 10_000);
        assertThat(control.of(ID).compat()).isFalse();
        assertThat(changes).isEmpty();
    }

    @Test
    void anOverloadUnderAForceIsOverInItsTimeAndTheForceStays() {
        LaneControl control = control(LaneOverride.UNSET, overload(1));
        overload(control, 1);
        control.force(force(ID, "mine"));
        nanos.addAndGet(31 * SECOND);
        assertThat(control.of(ID).compat()).isTrue();
        control.revert(ID);
        assertThat(control.of(ID).compat()).isFalse();
        assertThat(changes)
                .extracting(change -> change.to().reasonCode())
                .containsExactly("overload", "mine", "default");
    }

    /// Threads that look at the end of an overload do not end the one that begins there.
    @Test
    void eachOverloadBeginsAndEndsOnceUnderLoad() throws InterruptedException {
        AtomicInteger told = new AtomicInteger();
        LaneControl control = new LaneControl(
                LaneOverride.UNSET,
                new OverloadSettings(true, 3, Duration.ofSeconds(10), Duration.ofMillis(1)),
                nanos::get,
                millis::get,
                change -> {
                    changes.add(change);
                    told.incrementAndGet();
                });
        LaneSwitch lane = control.of(ID);
        AtomicBoolean ended = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (!ended.get()) {
                    if (!lane.compat()) {
                        lane.overloaded();
                    }
                }
            }));
        }
        while (told.get() < 200) {
            nanos.addAndGet(1_000);
            Thread.onSpinWait();
        }
        ended.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < changes.size(); i++) {
            assertThat(changes.get(i).to().reasonCode()).isEqualTo(i % 2 == 0 ? "overload" : "default");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Caps", "two words", "-x", ".x", "\u00e9", "a\nb", "x/y"})
    void aReasonIsOneWord(String reason) {
        assertThatThrownBy(() -> force(ID, reason))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("reason=" + reason);
    }

    @ParameterizedTest
    @CsvSource({"0, 10s, 30s", "1000001, 10s, 30s", "1, 0s, 30s", "1, 10s, 0s", "1, 86401s, 30s", "1, 10s, 86401s"})
    void overloadSettingsAreBounded(int refusals, String window, String hold) {
        assertThatThrownBy(() -> new OverloadSettings(
                        true, refusals, Duration.parse("PT" + window), Duration.parse("PT" + hold)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void defaults() {
        assertThat(OverloadSettings.DEFAULT)
                .isEqualTo(new OverloadSettings(true, 1_000, Duration.ofSeconds(10), Duration.ofSeconds(30)));
    }
}
