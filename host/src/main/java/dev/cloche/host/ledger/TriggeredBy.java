package dev.cloche.host.ledger;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who or what brought about what a row of the ledger records. Labels are stored: one once released is never changed.
public enum TriggeredBy {
    /// A person at the command line.
    USER,
    /// The host by itself.
    HOST,
    /// What the operator allows and forbids.
    POLICY,
    /// A program that embeds the host or talks to it.
    API;

    private static final Map<String, TriggeredBy> BY_LABEL =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(TriggeredBy::label, Function.identity()));

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }

    /// The one of this label, if there is one.
    public static Optional<TriggeredBy> ofLabel(String label) {
        return Optional.ofNullable(BY_LABEL.get(label));
    }
}
