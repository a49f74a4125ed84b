package dev.cloche.host.hostcall;

import dev.cloche.host.policy.Decision;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An operation that guests can ask for.
///
/// @param name as guests write it, for example `kv.get`
/// @param capability what an extension needs for it, for example `kv.read`
/// @param nature what carrying it out may take
/// @param reads whether it changes nothing, so that it may be carried out twice
/// @param typed whether it has a format of its own besides JSON
/// @param fast carries it out in the fast lane
/// @param now answers what can be answered without waiting, for operations that can block otherwise; null if that is
/// never so
/// @param parts carries it out in the fast lane with an answer in parts; null for those that always answer whole
/// @param compat carries it out in the compat lane, with a decoder of its own
/// @param scope makes of a decision what the handlers ask how far it reaches; once a decision
public record Op(
        String name,
        String capability,
        Nature nature,
        boolean reads,
        boolean typed,
        OpHandler fast,
        @Nullable QuickHandler now,
        @Nullable StreamHandler parts,
        OpHandler compat,
        Function<Decision.Allowed, Object> scope) {
    /// What carrying an operation out may take.
    public enum Nature {
        /// It never waits, and is carried out where it is asked for.
        IMMEDIATE,

        /// It may wait for disk, network or a lock.
        BLOCKING,

        /// It calls other extensions; the caller takes up no place in its pool meanwhile.
        NESTING
    }

    /// Answers an operation without waiting, or not at all.
    @FunctionalInterface
    public interface QuickHandler {
        /// @return null if it would have to wait; nothing has happened then
        @Nullable
        Outcome handle(Admitted hostcall) throws Exception;
    }

    public Op {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(capability, "capability");
        Objects.requireNonNull(nature, "nature");
        Objects.requireNonNull(fast, "fast");
        Objects.requireNonNull(compat, "compat");
        Objects.requireNonNull(scope, "scope");
    }

    private static Object unscoped(Decision.Allowed allowed) {
        return allowed;
    }

    /// One that never waits.
    public static Op immediate(String name, String capability, OpHandler fast, OpHandler compat) {
        return new Op(name, capability, Nature.IMMEDIATE, false, false, fast, null, null, compat, Op::unscoped);
    }

    /// One that may wait.
    public static Op blocking(String name, String capability, OpHandler fast, OpHandler compat) {
        return new Op(name, capability, Nature.BLOCKING, false, false, fast, null, null, compat, Op::unscoped);
    }

    /// One that calls other extensions.
    public static Op nesting(String name, String capability, OpHandler fast, OpHandler compat) {
        return new Op(name, capability, Nature.NESTING, false, false, fast, null, null, compat, Op::unscoped);
    }

    /// The same, which changes nothing.
    public Op reading() {
        return new Op(name, capability, nature, true, typed, fast, now, parts, compat, scope);
    }

    /// The same, with a format of its own besides JSON, which its handlers know.
    public Op withFormat() {
        return new Op(name, capability, nature, reads, true, fast, now, parts, compat, scope);
    }

    /// The same, sometimes answered without waiting.
    public Op quickly(QuickHandler quick) {
        return new Op(name, capability, nature, reads, typed, fast, quick, parts, compat, scope);
    }

    /// The same, which can answer in parts.
    public Op inParts(StreamHandler streaming) {
        return new Op(name, capability, nature, reads, typed, fast, now, streaming, compat, scope);
    }

    /// The same, whose handlers ask what `scope` makes of the decision, with [Admitted#scope].
    public Op scoped(Function<Decision.Allowed, Object> asked) {
        return new Op(name, capability, nature, reads, typed, fast, now, parts, compat, asked);
    }

    /// Whether it may wait.
    public boolean canBlock() {
        return nature != Nature.IMMEDIATE;
    }

    /// Whether it calls other extensions.
    public boolean nests() {
        return nature == Nature.NESTING;
    }
}
