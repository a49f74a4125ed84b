package dev.cloche.host.ledger;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Something that happened and that the ledger keeps.
///
/// @param extension whose id; empty for the host as a whole, `*` for all extensions
/// @param reasonCode why, in one word for programs: letters, digits and `._:/-`
/// @param from the state before; empty where there was none
/// @param to the state after; empty where there is none
/// @param count how many times it happened; one row can stand for many
/// @param details what else there is to know, in order of its names
public record LedgerEvent(
        LedgerKind kind,
        String extension,
        String reasonCode,
        TriggeredBy triggeredBy,
        String from,
        String to,
        long count,
        Map<String, String> details) {
    public static final int EXTENSION_CHARS_MAX = 128;
    public static final int REASON_CHARS_MAX = 64;
    public static final int STATE_CHARS_MAX = 256;
    public static final int DETAILS_MAX = 16;
    public static final int DETAIL_NAME_CHARS_MAX = 64;
    public static final int DETAIL_CHARS_MAX = 1_024;

    private static final Pattern REASON = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]*");

    public LedgerEvent {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(triggeredBy, "triggeredBy");
        requireText("extension", extension, EXTENSION_CHARS_MAX);
        requireText("from", from, STATE_CHARS_MAX);
        requireText("to", to, STATE_CHARS_MAX);
        requireText("reasonCode", reasonCode, REASON_CHARS_MAX);
        if (!REASON.matcher(reasonCode).matches()) {
            throw new IllegalArgumentException(
                    "a reason's code must be letters, digits and ._:/- after a letter or digit, reasonCode="
                            + reasonCode);
        }
        if (count < 1) {
            throw new IllegalArgumentException("what is recorded must have happened, count=" + count);
        }
        if (details.size() > DETAILS_MAX) {
            throw new IllegalArgumentException(
                    "too many details, details=" + details.size() + " maximum=" + DETAILS_MAX);
        }
        details.forEach((name, value) -> {
            requireText("a detail's name", name, DETAIL_NAME_CHARS_MAX);
            requireText("detail " + name, value, DETAIL_CHARS_MAX);
        });
        details = Collections.unmodifiableMap(new TreeMap<>(details));
    }

    /// An event that happened once, without states and details.
    public static LedgerEvent of(LedgerKind kind, String extension, String reasonCode, TriggeredBy triggeredBy) {
        return new LedgerEvent(kind, extension, reasonCode, triggeredBy, "", "", 1, Map.of());
    }

    public LedgerEvent withChange(String before, String after) {
        return new LedgerEvent(kind, extension, reasonCode, triggeredBy, before, after, count, details);
    }

    public LedgerEvent withCount(long times) {
        return new LedgerEvent(kind, extension, reasonCode, triggeredBy, from, to, times, details);
    }

    /// With these details in place of any others.
    public LedgerEvent withDetails(Map<String, String> replacing) {
        return new LedgerEvent(kind, extension, reasonCode, triggeredBy, from, to, count, replacing);
    }

    /// Text that the database gives back as it took it, and that keeps to its line.
    private static void requireText(String name, String text, int charsMax) {
        if (text.length() > charsMax) {
            throw new IllegalArgumentException(name + " is too long, chars=" + text.length() + " maximum=" + charsMax);
        }
        if (!text.codePoints().allMatch(LedgerEvent::isFit)) {
            throw new IllegalArgumentException(
                    name + " must have no control characters and no halves of characters, chars=" + text.length());
        }
    }

    /// Whether a character may stand in an event's texts.
    public static boolean isFit(int codePoint) {
        int type = Character.getType(codePoint);
        return type != Character.CONTROL && type != Character.SURROGATE;
    }
}
