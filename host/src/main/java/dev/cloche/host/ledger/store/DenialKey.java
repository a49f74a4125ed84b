package dev.cloche.host.ledger.store;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.TriggeredBy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Which denials of hostcalls are of one kind and share rows.
///
/// @param extension whose hostcalls; empty for all
/// @param op which operation; `*` for any
/// @param code what it was denied for; `*` for anything
/// @param rule which rule, quota or lane it came to; empty where none is named
record DenialKey(String extension, String op, String code, String rule) {
    private static final String ANY = "*";

    /// The reason of a row that stands for denials of several kinds.
    private static final String SEVERAL = "several";

    /// All that there is no room to tell apart.
    static final DenialKey HOST = rest("");

    /// The first of these that a denial has tells it apart from others of the same operation and code.
    private static final List<String> RULES = List.of("rule", "quota", "lane", "shard");

    /// What of a denial's details goes into its row: names of what the operator has set, not what a guest came with.
    private static final List<String> KEPT =
            List.of("capability", "rule", "quota", "limit", "lane", "shard", "depth", "capacity", "class", "level");

    private static final int MESSAGE_CHARS_MAX = 256;

    static DenialKey of(String extension, String op, Denied denied) {
        return new DenialKey(extension, op, denied.code().label(), ruleOf(denied.details()));
    }

    private static String ruleOf(Map<String, String> details) {
        for (String name : RULES) {
            @Nullable String value = details.get(name);
            if (value != null) {
                return value;
            }
        }
        return "";
    }

    /// The kinds of one extension that there is no room to tell apart.
    static DenialKey rest(String extension) {
        return new DenialKey(extension, ANY, ANY, "");
    }

    boolean isRest() {
        return code.equals(ANY);
    }

    /// The row of denials of this kind.
    ///
    /// @param sample one of them
    /// @param windowNanos over what time they were counted; 0 for a first one
    LedgerEvent event(@Nullable Denied sample, long count, long windowNanos) {
        Map<String, String> details = new TreeMap<>();
        details.put("op", fit(op, LedgerEvent.DETAIL_CHARS_MAX));
        if (windowNanos > 0) {
            details.put("window_ms", Long.toString(TimeUnit.NANOSECONDS.toMillis(windowNanos)));
        }
        if (sample != null) {
            details.put("message", fit(sample.message(), MESSAGE_CHARS_MAX));
            for (String name : KEPT) {
                @Nullable String value = sample.details().get(name);
                if (value != null) {
                    details.put(name, fit(value, MESSAGE_CHARS_MAX));
                }
            }
        }
        TriggeredBy by = code.equals(DeniedCode.POLICY.label()) ? TriggeredBy.POLICY : TriggeredBy.HOST;
        return LedgerEvent.of(
                        LedgerKind.HOSTCALL_DENIED,
                        fit(extension, LedgerEvent.EXTENSION_CHARS_MAX),
                        isRest() ? SEVERAL : code,
                        by)
                .withCount(count)
                .withDetails(details);
    }

    /// The text as an event takes it: cut to length, other characters for those that may not be in it.
    private static String fit(String text, int charsMax) {
        StringBuilder fit = new StringBuilder();
        text.codePoints()
                .limit(charsMax)
                .map(c -> LedgerEvent.isFit(c) ? c : '?')
                .takeWhile(c -> fit.length() + Character.charCount(c) <= charsMax)
                .forEachOrdered(fit::appendCodePoint);
        return fit.toString();
    }
}
