package dev.cloche.host.bundle;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressions;
import java.util.regex.Pattern;

/// A regular expression from a bundle. The platform's matcher goes back and forth, for some patterns without end; so
/// each look at a character is counted, and a match that takes too many ends with [TooCostly].
final class BoundedRegex implements RegularExpression {
    private static final int LOOKS_MAX = 1_000_000;

    private final Pattern pattern;

    /// @throws java.util.regex.PatternSyntaxException if it is no regular expression
    BoundedRegex(String regex) {
        this.pattern = Pattern.compile(
                RegularExpressions.replaceDollarAnchors(RegularExpressions.replaceLongformCharacterProperties(regex)));
    }

    /// A match that was given up.
    static final class TooCostly extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private TooCostly() {
            super("regular expression takes too many steps, max=" + LOOKS_MAX, null, false, false);
        }
    }

    @Override
    public boolean matches(String value) {
        try {
            return pattern.matcher(new Counted(value, new int[1])).find();
        } catch (StackOverflowError e) {
            // The matcher recurses for each turn of a group; it holds nothing that could be left half done.
            throw new TooCostly();
        }
    }

    /// @param looks one counter, shared by a text and its parts
    @SuppressWarnings("ArrayRecordComponent") // a cell that parts share, never compared
    private record Counted(CharSequence text, int[] looks) implements CharSequence {
        @Override
        public char charAt(int index) {
            if (++looks[0] > LOOKS_MAX) {
                throw new TooCostly();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.subSequence(start, end), looks);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
