package dev.cloche.bench.attack;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An attack as a file: code, and above it comments that say what it is, a line each of the form `key: value`.
///
/// `family`, `tries`, `expect` (once for each outcome that is right) are there always; `limits` (JSON), `manifest`
/// (members of JSON), `before: secret` or `before: cached`, `ordinary: none`, `modes: compiled`, `lifted` (the limits
/// that are out of the
/// way) and `harm` (what it comes to then) where they are needed.
///
/// @param name the attack's
/// @param values by key
record AttackFile(String name, Map<String, List<String>> values, String source) {
    private static final Pattern LINE = Pattern.compile("^(?://|;;) ([a-z]+): (.*)$");
    private static final String HARM = "ok harm.*";
    private static final String LIMITS = "{}";

    /// @throws IllegalArgumentException if the lines above do not say what they should
    static AttackFile parse(String name, String source) {
        Map<String, List<String>> values = new HashMap<>();
        for (String line : source.lines().takeWhile(line -> !line.isBlank()).toList()) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "a line above an attack is not one of its values, attack=" + name + " line=" + line);
            }
            values.computeIfAbsent(matcher.group(1), key -> new ArrayList<>()).add(matcher.group(2));
        }
        return new AttackFile(name, values, source);
    }

    private String value(String key) {
        return optional(key)
                .orElseThrow(() -> new IllegalArgumentException(
                        "an attack does not say all it should, attack=" + name + " missing=" + key));
    }

    private Optional<String> optional(String key) {
        return values.getOrDefault(key, List.of()).stream().findFirst();
    }

    Attack attack(Attack.Code code) {
        return new Attack(
                name,
                value("family"),
                value("tries"),
                code,
                optional("limits").orElse(LIMITS),
                optional("manifest").orElse(""),
                optional("before")
                        .map(before -> Attack.Before.valueOf(before.toUpperCase(Locale.ROOT)))
                        .orElse(Attack.Before.NOTHING),
                optional("ordinary").isEmpty(),
                optional("modes").isEmpty(),
                values.getOrDefault("expect", List.of()).stream()
                        .map(Expectation::parse)
                        .toList(),
                optional("lifted")
                        .map(limits -> new Attack.Lifted(
                                limits, Expectation.parse(optional("harm").orElse(HARM)))));
    }
}
