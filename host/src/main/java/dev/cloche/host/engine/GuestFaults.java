package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.memory.MemoryRefusedException;
import java.time.Duration;
import java.util.Locale;
import run.endive.runtime.ExecutionCompletedException;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasi.WasiExitException;
import run.endive.wasm.WasmEngineException;

/// Turns what unwound a guest into the reply its caller gets.
public final class GuestFaults {
    /// A guest's own words in a reply are cut at this many characters.
    public static final int MESSAGE_CHARS_MAX = 2_000;

    // How QuickJS writes functions of its own, and those of which it does not know where they are.
    private static final String NATIVE = "(native)";
    private static final String NO_LINE = "(missing)";

    private GuestFaults() {}

    /// @param stack the guest's stack, or empty
    public static Reply replyFor(Throwable fault, String stack) {
        return switch (fault) {
            case BudgetExhaustedException e ->
                new Reply.Exhausted(
                        e.budget(),
                        e.limit(),
                        "the call used up its budget, " + e.budget().label() + "=" + e.limit() + where(stack));
            case MemoryRefusedException e -> refused(e, stack);
            case GuestFaultException e -> new Reply.Trapped(e.kind(), e.getMessage(), stack);
            case StackOverflowError e -> stackExhausted();
            case ExecutionCompletedException e ->
                new Reply.Trapped(TrapKind.EXIT, "the guest called proc_exit, code=0", stack);
            case WasiExitException e ->
                new Reply.Trapped(TrapKind.EXIT, "the guest called proc_exit, code=" + e.exitCode(), stack);
            case WasmInterruptedException e -> interrupted(stack);
            case WasmEngineException e when e.getCause() instanceof StackOverflowError -> stackExhausted();
            case WasmEngineException e -> new Reply.Trapped(kindOf(message(e)), message(e), stack);
            default ->
                new Reply.Trapped(TrapKind.ENGINE, fault.getClass().getSimpleName() + ": " + message(fault), stack);
        };
    }

    private static Reply refused(MemoryRefusedException refusal, String stack) {
        return switch (refusal.reason()) {
            case ABOVE_CAP -> replyFor(new BudgetExhaustedException(Budget.MEMORY, refusal.limit()), stack);
            case HOST_FULL -> new Reply.Rejected(Reply.RejectReason.HOST_MEMORY, message(refusal));
            case MAPPINGS, SYSTEM, UNAVAILABLE ->
                new Reply.Trapped(TrapKind.ENGINE, "no memory can be had: " + message(refusal), stack);
        };
    }

    public static Reply timedOut(long limitNanos) {
        return timedOut(limitNanos, "");
    }

    /// @param stack the guest's stack, or empty
    private static Reply timedOut(long limitNanos, String stack) {
        Duration limit = Duration.ofNanos(limitNanos);
        return new Reply.TimedOut(
                limit, "the guest was stopped at its deadline, timeout=" + limit.toMillis() + "ms" + where(stack));
    }

    /// What a call is answered that was stopped for its deadline, or since the host closes.
    ///
    /// @param stack the guest's stack, or empty
    public static Reply stopped(Watchdog.Guard guard, long limitNanos, String stack) {
        if (guard.cancelled()) {
            return new Reply.Trapped(
                    TrapKind.CANCELLED,
                    "the extension was replaced or removed, and the time for its calls to end was over",
                    stack);
        }
        return guard.dismissed()
                ? new Reply.Rejected(Reply.RejectReason.DRAINING, "the host closed while the guest ran")
                : timedOut(limitNanos, stack);
    }

    /// The innermost function of a stack that the author wrote, to be put behind a sentence.
    private static String where(String stack) {
        return stack.lines()
                .filter(line -> !line.endsWith(NO_LINE) && !line.endsWith(NATIVE))
                .findFirst()
                .or(() -> stack.lines().findFirst())
                .map(line -> " " + line.strip())
                .orElse("");
    }

    /// Cuts what a guest says to a bounded length.
    public static String bounded(String text) {
        return text.length() <= MESSAGE_CHARS_MAX ? text : text.substring(0, MESSAGE_CHARS_MAX) + "…";
    }

    private static Reply interrupted(String stack) {
        return new Reply.Trapped(TrapKind.INTERRUPTED, "the calling thread was interrupted", stack);
    }

    private static Reply stackExhausted() {
        return new Reply.Exhausted(Budget.STACK, 0, "the guest recursed until the thread's stack was full");
    }

    private static String message(Throwable fault) {
        String message = fault.getMessage();
        return message == null ? fault.getClass().getSimpleName() : bounded(message);
    }

    private static TrapKind kindOf(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("unreachable")) {
            return TrapKind.UNREACHABLE;
        }
        if (text.contains("out of bounds memory")) {
            return TrapKind.OUT_OF_BOUNDS;
        }
        if (text.contains("integer") || text.contains("conversion")) {
            return TrapKind.ARITHMETIC;
        }
        if (text.contains("indirect call")
                || text.contains("element")
                || text.contains("table")
                || text.contains("null function")) {
            return TrapKind.INDIRECT_CALL;
        }
        return TrapKind.ENGINE;
    }
}
