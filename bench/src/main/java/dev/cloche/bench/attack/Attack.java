package dev.cloche.bench.attack;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A hostile guest, and what must become of it.
///
/// @param name unique; begins with its kind: `script/spin`
/// @param family attacks of a kind, for the table
/// @param tries what it tries, in one sentence that the attack is the subject of
/// @param limits the manifest's limits, as JSON
/// @param members what else stands in the manifest, as members of a JSON object; empty for nothing
/// @param before what comes before it
/// @param ordinary whether the extension has to answer an ordinary call afterwards
/// @param interpretable whether the attack is one in interpreted code too
/// @param expected what it may come to
/// @param lifted what it does where there is no limit; empty for attacks that no limit of the manifest stops
record Attack(
        String name,
        String family,
        String tries,
        Code code,
        String limits,
        String members,
        Before before,
        boolean ordinary,
        boolean interpretable,
        List<Expectation> expected,
        Optional<Lifted> lifted) {
    Attack {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(tries, "tries");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(members, "members");
        Objects.requireNonNull(before, "before");
        expected = List.copyOf(expected);
        if (expected.isEmpty()) {
            throw new IllegalArgumentException("an attack says what it must come to, attack=" + name);
        }
        Objects.requireNonNull(lifted, "lifted");
    }

    /// What comes before an attack.
    enum Before {
        NOTHING,
        /// A call that has a secret, which the attack must not see.
        SECRET,
        /// The same code with the limit lifted, so that what was made of it then is in the cache.
        CACHED
    }

    /// The guest's code.
    sealed interface Code {
        /// A script of its own file.
        record Script(String source) implements Code {}

        /// A module; made anew for each seed where it is a bomb.
        record Module(Maker maker) implements Code {}
    }

    /// Makes a module.
    interface Maker {
        byte[] make(long seed);
    }

    /// The attack with the limit out of its way.
    ///
    /// @param limits as JSON
    /// @param harm what it comes to then
    record Lifted(String limits, Expectation harm) {}

    boolean script() {
        return code instanceof Code.Script;
    }

    /// The id of the extension that carries it out.
    String extension() {
        return "attack-" + name.replace('/', '-');
    }

    boolean expects(Outcome outcome) {
        return expected.stream().anyMatch(each -> each.allows(outcome));
    }
}
