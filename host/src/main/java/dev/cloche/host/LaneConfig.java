package dev.cloche.host;

import dev.cloche.host.hostcall.LaneOverride;
import dev.cloche.host.hostcall.OverloadSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Which lane hostcalls take. Immutable; start from [#DEFAULT].
///
/// @param option what the start of the host says, before all else: empty for nothing, `all` or `none` for the compat
/// lane everywhere or nowhere, or ids of extensions separated by commas
/// @param overload `lanes.overload`: whether an extension goes over to the compat lane by itself when its hostcalls
/// find no room; on by default
/// @param refusals `lanes.refusals`: how many refusals for want of room are an overload; 1,000 by default
/// @param window `lanes.window`: within what time; 10 s by default
/// @param hold `lanes.hold`: how long it keeps the compat lane at least, twice as long if it comes back soon; 30 s by
/// default
/// @param sample `lanes.sample`: one in how many hostcalls that change nothing is carried out in both lanes and
/// compared; 0, for none, by default
public record LaneConfig(String option, boolean overload, int refusals, Duration window, Duration hold, int sample) {
    private static final String ALL = "all";
    private static final String NONE = "none";
    private static final int SAMPLE_MAX = 1_000_000_000;
    private static final int ID_CHARS_MAX = 64;
    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    public static final LaneConfig DEFAULT = new LaneConfig(
            "",
            OverloadSettings.DEFAULT.enabled(),
            OverloadSettings.DEFAULT.refusals(),
            OverloadSettings.DEFAULT.window(),
            OverloadSettings.DEFAULT.hold(),
            0);

    /// @throws IllegalArgumentException if a value is out of range
    public LaneConfig {
        var _ = new OverloadSettings(overload, refusals, window, hold);
        if (sample < 0 || sample > SAMPLE_MAX) {
            throw new IllegalArgumentException("sample must be from 0 to " + SAMPLE_MAX + ", sample=" + sample);
        }
        var _ = override(option);
    }

    private static LaneOverride override(String option) {
        return switch (option) {
            case "" -> LaneOverride.UNSET;
            case ALL -> LaneOverride.ALL;
            case NONE -> LaneOverride.NONE;
            default -> LaneOverride.some(ids(option));
        };
    }

    private static Set<String> ids(String option) {
        Set<String> ids = new TreeSet<>(Arrays.asList(option.split(",", -1)));
        for (String id : ids) {
            if (!isId(id)) {
                throw new IllegalArgumentException(
                        "the compat lane is for all, for none, or for ids of extensions separated by commas, found="
                                + option);
            }
        }
        return ids;
    }

    /// Whether an extension may be called so.
    static boolean isId(String text) {
        return text.length() <= ID_CHARS_MAX && ID.matcher(text).matches();
    }

    LaneOverride override() {
        return override(option);
    }

    OverloadSettings overloadSettings() {
        return new OverloadSettings(overload, refusals, window, hold);
    }

    public LaneConfig withOption(String option) {
        return new LaneConfig(option, overload, refusals, window, hold, sample);
    }

    public LaneConfig withOverload(boolean overload) {
        return new LaneConfig(option, overload, refusals, window, hold, sample);
    }

    public LaneConfig withRefusals(int refusals) {
        return new LaneConfig(option, overload, refusals, window, hold, sample);
    }

    public LaneConfig withWindow(Duration window) {
        return new LaneConfig(option, overload, refusals, window, hold, sample);
    }

    public LaneConfig withHold(Duration hold) {
        return new LaneConfig(option, overload, refusals, window, hold, sample);
    }

    public LaneConfig withSample(int sample) {
        return new LaneConfig(option, overload, refusals, window, hold, sample);
    }
}
