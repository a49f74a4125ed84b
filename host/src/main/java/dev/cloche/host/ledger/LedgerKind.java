package dev.cloche.host.ledger;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a row of the ledger records. Labels are stored: one once released is never changed.
public enum LedgerKind {
    EXTENSION_INSTALLED,
    EXTENSION_REPLACED,
    EXTENSION_REMOVED,
    EXTENSION_KILLED,
    GRANT_ADDED,
    GRANT_REMOVED,
    DENY_ADDED,
    DENY_REMOVED,
    HOSTCALL_DENIED,
    LANE_FORCED,
    LANE_REVERTED,
    LANE_OVERLOAD,
    LANE_DIVERGED,
    /// Only ever read: a row that another version wrote, which knows more kinds.
    UNKNOWN;

    private static final Map<String, LedgerKind> BY_LABEL =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(LedgerKind::label, Function.identity()));

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '.');

    /// For example `extension.installed`.
    public String label() {
        return label;
    }

    /// The kind of this label, if there is one.
    public static Optional<LedgerKind> ofLabel(String label) {
        return Optional.ofNullable(BY_LABEL.get(label));
    }
}
