package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import java.util.Locale;
import java.util.Map;

/// What a hostcall came to. Status never shares a slot with a value.
public sealed interface Outcome extends Progress {

    /// What it carries for the guest, in bytes.
    default int size() {
        return switch (this) {
            case Ok ok -> ok.answer().size();
            case Chunk chunk -> chunk.bytes().size();
            case Denied _, Failed _ -> 0;
        };
    }

    /// The operation was carried out; the answer is in the operation's own format (JSON unless it says otherwise).
    record Ok(Payload answer) implements Outcome {}

    /// The operation was refused before it reached a service.
    ///
    /// @param details facts a program can use, for example `capability` or `limit`
    record Denied(DeniedCode code, String message, Map<String, String> details) implements Outcome {
        public Denied {
            details = Map.copyOf(details);
        }
    }

    /// The service was reached and could not do it.
    record Failed(FailedCode code, String message, boolean retryable) implements Outcome {}

    /// One part of an answer that comes in several.
    record Chunk(long sequence, Payload bytes, boolean last) implements Outcome {}

    /// Why an operation was refused.
    enum DeniedCode {
        POLICY,
        QUOTA,
        BACKPRESSURE,
        KILLED;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }

    /// Why a service could not do it.
    enum FailedCode {
        TIMEOUT,
        CANCELLED,
        INVALID_REQUEST,
        NOT_FOUND,
        IO,
        UNSUPPORTED,
        INTERNAL;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }
}
