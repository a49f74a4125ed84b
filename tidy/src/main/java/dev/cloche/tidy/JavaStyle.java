package dev.cloche.tidy;

import com.google.common.collect.Range;
import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import com.palantir.javaformat.java.StringWrapper;
import java.util.Map;

/// The one way Java source is laid out: palantir-java-format with its defaults, four spaces and 120 columns.
public final class JavaStyle {
    /// Columns of a line, at most.
    public static final int COLUMNS_MAX = 120;

    /*
     * The formatter takes lines of a Markdown comment for longer than they are and breaks them into something that is
     * no comment any more. It leaves plain comments that fit alone, so that is what it gets to see: a mark that nobody
     * writes and that is as wide stands for the third slash. An empty comment line needs another one, because white
     * space at the end of a line is cut off.
     */
    private static final String SLASHES = "///";
    private static final String MASK = "//\u000B";
    private static final String EMPTY_MASK = "// \uE000";

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    /// The source as it should be.
    ///
    /// @throws FormatterException if it cannot be parsed
    public String format(String source) throws FormatterException {
        String ordered = ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.PALANTIR);
        String masked = mask(RemoveUnusedImports.removeUnusedImports(ordered));
        String formatted = breakLongStrings(formatter.formatSource(masked));
        return formatted.replace(EMPTY_MASK, SLASHES).replace(MASK, SLASHES);
    }

    private String breakLongStrings(String source) throws FormatterException {
        if (source.lines().noneMatch(line -> line.length() > COLUMNS_MAX)) {
            return source;
        }
        Map<Range<Integer>, String> replacements =
                StringWrapper.getReflowReplacements(COLUMNS_MAX, source).asDescendingMapOfRanges();
        StringBuilder broken = new StringBuilder(source);
        replacements.forEach((range, text) -> broken.replace(range.lowerEndpoint(), range.upperEndpoint(), text));
        return formatter.formatSource(broken.toString());
    }

    private static String mask(String source) {
        StringBuilder masked = new StringBuilder(source.length() + 64);
        source.lines().forEach(line -> {
            String text = line.stripLeading();
            if (text.startsWith(SLASHES)) {
                String indent = line.substring(0, line.length() - text.length());
                maskComment(indent, text.stripTrailing(), masked);
            } else {
                masked.append(line).append('\n');
            }
        });
        return masked.toString();
    }

    /// Writes one comment line, wrapped where it is too long.
    private static void maskComment(String indent, String text, StringBuilder masked) {
        String rest = text;
        int width = COLUMNS_MAX - indent.length();
        int space = rest.lastIndexOf(' ', width);
        while (rest.length() > width && space > SLASHES.length()) {
            masked.append(indent)
                    .append(MASK)
                    .append(rest, SLASHES.length(), space)
                    .append('\n');
            rest = SLASHES + rest.substring(space);
            space = rest.lastIndexOf(' ', width);
        }
        boolean empty = rest.equals(SLASHES);
        masked.append(indent).append(empty ? EMPTY_MASK : MASK + rest.substring(SLASHES.length()));
        masked.append('\n');
    }
}
