package dev.cloche.bench.attack;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.call.Reply;
import java.util.Locale;
import java.util.Objects;

/// What an attack came to, in the words in which attacks say what they must come to.
///
/// @param kind `ok`, `error`, `exhausted`, `timed-out`, `trapped`, `denied`, `rejected`, `unavailable`, `refused`,
/// `thrown`
/// @param name which one of its kind: the budget, the kind of trap, the error's code; or empty
/// @param text the answer, or the message
record Outcome(String kind, String name, String text) {
    static final String REFUSED = "refused";
    static final String OK = "ok";

    private static final int SHOWN_CHARS = 160;

    Outcome {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(text, "text");
    }

    static Outcome of(Reply reply) {
        return switch (reply) {
            case Reply.Ok ok -> new Outcome(OK, "", ok.payload().text());
            case Reply.GuestError error -> new Outcome("error", error.code(), error.message());
            case Reply.Denied denied -> new Outcome("denied", denied.rule(), denied.message());
            case Reply.Trapped trapped -> new Outcome("trapped", trapped.kind().label(), trapped.message());
            case Reply.TimedOut late -> new Outcome("timed-out", "", late.message());
            case Reply.Exhausted exhausted ->
                new Outcome("exhausted", exhausted.budget().label(), exhausted.message());
            case Reply.Rejected rejected ->
                new Outcome("rejected", rejected.reason().label(), rejected.message());
            case Reply.Unavailable unavailable ->
                new Outcome("unavailable", unavailable.reason().label(), unavailable.message());
        };
    }

    /// The bundle was not taken.
    static Outcome of(BundleException refusal) {
        return new Outcome(REFUSED, "", String.valueOf(refusal.getMessage()));
    }

    /// The host threw what it never throws: nothing expects this.
    static Outcome thrown(RuntimeException failure) {
        return new Outcome("thrown", failure.getClass().getSimpleName(), String.valueOf(failure.getMessage()));
    }

    /// Whether the isolate must never be used again.
    boolean retires() {
        return switch (kind) {
            case "exhausted" -> !name.equals("payload");
            case "timed-out", "trapped" -> true;
            default -> false;
        };
    }

    /// One line, cut to a length that fits a table.
    @Override
    public String toString() {
        String line = (kind + " " + name + " " + text)
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        String shown = line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "...";
        return shown.toLowerCase(Locale.ROOT).startsWith(kind) ? shown : kind;
    }
}
