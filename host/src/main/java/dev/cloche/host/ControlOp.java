package dev.cloche.host;

import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// An operation that a host can be asked for.
///
/// @param params what it takes
record ControlOp(Set<String> params, Work work) {
    static ControlOp of(Work work, String... params) {
        return new ControlOp(Set.of(params), work);
    }

    /// What it does.
    @FunctionalInterface
    interface Work {
        /// @param json takes the members of the answer, which is an object
        void answer(ControlParams params, JsonGenerator json);
    }
}
