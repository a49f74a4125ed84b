package dev.cloche.host.hostcall;

import tools.jackson.core.io.JsonStringEncoder;

/// Writes JSON.
public final class JsonText {
    private JsonText() {}

    /// The text as a JSON string, in quotation marks.
    public static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + "\"";
    }
}
