package dev.cloche.host.engine.rewrite;

import java.util.List;

/// A part of a function that has become a function of its own.
///
/// @param arguments the caller's locals that it takes, in rising order
record Outlined(Routine callee, List<Integer> arguments, Handover handover) {
    Outlined {
        arguments = List.copyOf(arguments);
    }
}
