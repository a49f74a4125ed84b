package dev.cloche.host.hostcall;

import java.util.regex.Pattern;

/// An operator's word that hostcalls take the compat lane until it is taken back.
///
/// @param extension whose; [#EVERY] for all
/// @param reasonCode why, in one word
/// @param triggeredBy `user` or `api`
/// @param sinceMillis when, in milliseconds of the epoch
public record LaneForce(String extension, String reasonCode, String triggeredBy, long sinceMillis) {
    /// Stands for every extension.
    public static final String EVERY = "*";

    private static final Pattern REASON = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    public LaneForce {
        if (!REASON.matcher(reasonCode).matches()) {
            throw new IllegalArgumentException(
                    "a reason is a word of lower-case letters, digits and . _ -, at most 64 characters, reason="
                            + reasonCode);
        }
    }
}
