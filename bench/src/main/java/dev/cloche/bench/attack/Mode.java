package dev.cloche.bench.attack;

import java.util.Locale;

/// How a guest's code is run.
enum Mode {
    COMPILED,
    INTERPRETED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Scripts are run compiled alone: the script engine, interpreted itself, would spend each attack's time on its
    /// way to it.
    boolean fits(Attack attack) {
        return this == COMPILED || (!attack.script() && attack.interpretable());
    }
}
