package dev.cloche.bench.attack;

import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/// One of the outcomes that an attack may have.
///
/// Written as the kind of the outcome, then what it has to be: `exhausted memory`, `trapped abi`, `timed-out`;
/// `error RangeError` and maybe a pattern that is found in the message; `ok` and a pattern that is the whole answer;
/// `refused` and a pattern that is found in the message, in whatever case.
///
/// @param kind as in [Outcome]
/// @param name as in [Outcome]; empty for any
/// @param text what the answer or the message has to be like
record Expectation(String kind, String name, Pattern text) {
    private static final Set<String> NAMED =
            Set.of("exhausted", "trapped", "error", "denied", "rejected", "unavailable");
    private static final Set<String> PLAIN = Set.of(Outcome.OK, Outcome.REFUSED, "timed-out");
    private static final String ANY = ".*";

    Expectation {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(text, "text");
    }

    /// Reads what is written as above.
    ///
    /// @throws IllegalArgumentException if it is not
    static Expectation parse(String written) {
        String[] words = written.split(" ", 2);
        String kind = words[0];
        String rest = words.length == 2 ? words[1] : "";
        if (PLAIN.contains(kind)) {
            int flags = kind.equals(Outcome.REFUSED) ? Pattern.CASE_INSENSITIVE : 0;
            return new Expectation(kind, "", Pattern.compile(rest, flags));
        }
        if (!NAMED.contains(kind) || rest.isEmpty()) {
            throw new IllegalArgumentException("nothing comes to this, expect=" + written);
        }
        String[] parts = rest.split(" ", 2);
        String name = parts[0].equals(ANY) ? "" : parts[0];
        return new Expectation(kind, name, Pattern.compile(parts.length == 2 ? parts[1] : ""));
    }

    boolean allows(Outcome outcome) {
        if (!kind.equals(outcome.kind()) || !(name.isEmpty() || name.equals(outcome.name()))) {
            return false;
        }
        return kind.equals(Outcome.OK)
                ? text.matcher(outcome.text()).matches()
                : text.matcher(outcome.text()).find();
    }

    @Override
    public String toString() {
        return (kind + " " + name + " " + text.pattern())
                .strip()
                .replaceAll(" +", " ")
                .toLowerCase(Locale.ROOT);
    }
}
