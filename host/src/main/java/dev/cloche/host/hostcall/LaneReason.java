package dev.cloche.host.hostcall;

import java.util.Set;
import java.util.TreeSet;

/// The words by which the host itself says why hostcalls take a lane. The ledger tells by them what nobody asked for
/// from what an operator did, so no operator may give one of them.
public final class LaneReason {
    /// Nothing was said.
    public static final String DEFAULT = "default";

    /// The start of the host said so, of all extensions.
    public static final String OPTION_ALL = "option.all";

    /// The start of the host said so, of no extension.
    public static final String OPTION_NONE = "option.none";

    /// The start of the host said so, of some extensions.
    public static final String OPTION_EXTENSION = "option.extension";

    /// The settings say so.
    public static final String SETTINGS = "settings";

    /// There was no room in the fast lane again and again.
    public static final String OVERLOAD = "overload";

    /// The lanes were held against each other.
    public static final String SAMPLING = "sampling";

    /// A force was taken back whose reason is not known any more.
    public static final String REVERT = "revert";

    private static final Set<String> OWN =
            Set.of(DEFAULT, OPTION_ALL, OPTION_NONE, OPTION_EXTENSION, SETTINGS, OVERLOAD, SAMPLING, REVERT);

    private LaneReason() {}

    /// Makes sure that an operator's reason is not one of the host's.
    ///
    /// @throws IllegalArgumentException if it is
    public static void requireOperators(String reason) {
        if (OWN.contains(reason)) {
            throw new IllegalArgumentException(
                    "this reason is a word that the host keeps for what it does by itself; say why in another one, for"
                            + " example \"drill\" or \"incident-42\", reason="
                            + reason + " kept=" + String.join(",", new TreeSet<>(OWN)));
        }
    }
}
