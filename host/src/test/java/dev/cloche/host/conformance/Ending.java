package dev.cloche.host.conformance;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import run.endive.wasm.InvalidException;
import run.endive.wasm.MalformedException;
import run.endive.wasm.UnlinkableException;
import run.endive.wasm.WasmEngineException;

/// How an instantiation or a call ended that did not return, in the suite's own terms.
///
/// @param message what the engine said
public record Ending(Kind kind, String message) {
    static final String STACK_EXHAUSTED = "call stack exhausted";

    /// The flags of a memory with 64-bit addresses, with and without a maximum, shared or not.
    private static final Pattern MEMORY64 = Pattern.compile("invalid memory limit: [4567]$");

    /// The suite's terms.
    public enum Kind {
        /// The bytes are not a module, or not a valid one. Engines draw the line between the two differently.
        REFUSED,
        /// An import is missing or of another type.
        UNLINKABLE,
        /// The guest trapped, in a start function and in the initialisation of segments too.
        TRAP,
        /// The pipeline does not offer what the module uses.
        NOT_OFFERED,
        /// Nothing that should happen: a fault of the pipeline.
        FAULT
    }

    /// The meaning of what Endive throws.
    public static Ending of(Throwable thrown) {
        String message = Objects.requireNonNullElse(thrown.getMessage(), "");
        return switch (thrown) {
            case NotOfferedException e -> new Ending(Kind.NOT_OFFERED, message);
            case MalformedException e -> new Ending(Kind.REFUSED, message);
            case InvalidException e -> new Ending(Kind.REFUSED, message);
            case UnlinkableException e -> new Ending(Kind.UNLINKABLE, message);
            case WasmEngineException e -> new Ending(Kind.TRAP, message);
            case StackOverflowError e -> new Ending(Kind.TRAP, STACK_EXHAUSTED);
            default -> new Ending(Kind.FAULT, thrown.toString());
        };
    }

    /// The feature that is lacking, where a module should have been taken.
    Optional<String> missingFeature() {
        if (kind == Kind.NOT_OFFERED) {
            return Optional.of(message);
        }
        boolean memory64 = kind == Kind.REFUSED && MEMORY64.matcher(message).find();
        return memory64 ? Optional.of("memory64: Endive's parser does not know it") : Optional.empty();
    }

    /// Whether this is a trap of the kind that the suite names. Either text may say more than the other.
    boolean trapsWith(String text) {
        boolean same = message.contains(text) || (!message.isEmpty() && text.startsWith(message));
        return kind == Kind.TRAP && same;
    }

    @Override
    public String toString() {
        return switch (kind) {
            case REFUSED -> "refused: " + message;
            case UNLINKABLE -> "unlinkable: " + message;
            case TRAP -> "trap: " + message;
            case NOT_OFFERED -> "not offered: " + message;
            case FAULT -> message;
        };
    }
}
