package dev.cloche.host.policy.command;

/// What goes through a pipe, or is in a file: text, of which parts may be unknown.
///
/// @param text with [Marks#UNKNOWN] for what is not known
/// @param decoded whether it was hidden in an encoding
record Flow(String text, boolean decoded) {
    /// How much is followed: one more than may be run, so that what is cut off cannot pass for the whole.
    static final int CHARS_MAX = ShellParser.TEXT_CHARS_MAX + 1;

    static final Flow EMPTY = new Flow("", false);
    static final Flow UNKNOWN = new Flow(Marks.UNKNOWN_TEXT, false);

    Flow {
        text = text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) : text;
    }

    static Flow of(String text) {
        return text.isEmpty() ? EMPTY : new Flow(text, false);
    }

    Flow then(Flow next) {
        return next.text.isEmpty() ? this : text.isEmpty() ? next : new Flow(text + next.text, decoded || next.decoded);
    }

    boolean known() {
        return Marks.known(text);
    }
}
