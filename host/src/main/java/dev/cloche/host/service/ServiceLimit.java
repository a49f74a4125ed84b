package dev.cloche.host.service;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// What services bound of requests, answers and what they keep. They hold for every host.
public enum ServiceLimit {
    KV_KEY("bytes", "a key of the key-value store", KvLimits.KEY_BYTES_MAX, Answer.INVALID),
    KV_VALUE("bytes", "a value of the key-value store, as JSON", KvLimits.VALUE_BYTES_MAX, Answer.INVALID),
    KV_KEYS("keys", "keys of one extension", KvLimits.KEYS_MAX, Answer.QUOTA),
    KV_TOTAL("bytes", "keys and values of one extension", KvLimits.TOTAL_BYTES_MAX, Answer.QUOTA),
    KV_LIST("keys", "keys that one `kv.list` asks for", KvService.LIST_MAX, Answer.INVALID),
    LOG_REQUEST("bytes", "a request to `log`", LogService.REQUEST_BYTES_MAX, Answer.INVALID),
    LOG_MESSAGE("characters", "a log message", LogService.MESSAGE_CHARS_MAX, Answer.CUT),
    EVENT_TOPIC("bytes", "a topic of events", EventService.TOPIC_BYTES_MAX, Answer.INVALID),
    EVENT_DATA("bytes", "what an event says, as JSON", EventService.DATA_BYTES_MAX, Answer.INVALID),
    EVENT_TOPICS("topics", "topics that one call subscribes to", EventBus.TOPICS_MAX, Answer.QUOTA),
    FETCH_HEADERS("bytes", "URL, method and headers of a request", FetchRequest.HEADER_BYTES_MAX, Answer.INVALID),
    FETCH_FIELDS("fields", "header fields of a request", FetchRequest.HEADER_FIELDS_MAX, Answer.INVALID),
    FETCH_BODY("bytes", "body of a request", FetchRequest.BODY_BYTES_MAX, Answer.INVALID),
    FETCH_RESPONSE("bytes", "body of a response", ResponseCollector.BODY_BYTES_MAX, Answer.QUOTA),
    FETCH_REDIRECTS("redirects", "redirects of a request", HttpService.REDIRECTS_MAX, Answer.FAILED),
    FETCH_TIME(
            "ms",
            "time of a request, where its call has more",
            TimeUnit.NANOSECONDS.toMillis(HttpService.TIME_MAX_NANOS),
            Answer.TIMEOUT),
    FETCH_SLOTS(
            "requests", "requests of one extension under way", HttpService.EXTENSION_REQUESTS_MAX, Answer.BACKPRESSURE),
    FETCH_SLOTS_HOST(
            "requests", "requests of all extensions under way", HttpService.HOST_REQUESTS_MAX, Answer.BACKPRESSURE),
    EXEC_ARGUMENTS("arguments", "arguments of a command", ExecRequest.ARGUMENTS_MAX, Answer.INVALID),
    EXEC_ARGUMENT("bytes", "an argument of a command", ExecRequest.ARGUMENT_BYTES_MAX, Answer.INVALID),
    EXEC_VARIABLES("variables", "variables of a process", ExecRequest.VARIABLES_MAX, Answer.INVALID),
    EXEC_VARIABLE("bytes", "value of a process's variable", ExecRequest.VARIABLE_BYTES_MAX, Answer.INVALID),
    EXEC_INPUT("bytes", "standard input of a process", ExecRequest.INPUT_BYTES_MAX, Answer.INVALID),
    EXEC_OUTPUT("bytes", "output of a process, and its errors, each", ProcessOutput.BYTES_MAX, Answer.CUT),
    EXEC_TIME("ms", "time of a process, where its call has more", ExecRequest.TIMEOUT_MAX.toMillis(), Answer.TIMEOUT),
    EXEC_SLOTS("processes", "processes of all extensions", ProcessSlots.HOST_MAX, Answer.BACKPRESSURE),
    FILE_PATH("bytes", "a path of a file", FilePath.BYTES_MAX, Answer.INVALID),
    FILE_NAME("bytes", "a name in a path", FilePath.NAME_BYTES_MAX, Answer.INVALID),
    FILE_DEPTH("names", "names in a path", FilePath.DEPTH_MAX, Answer.INVALID),
    FILE_READ("bytes", "a file that is read, or that an append makes", FileRequest.CONTENT_BYTES_MAX, Answer.FAILED),
    FILE_TEXT("bytes", "text that is read, as JSON", FileAnswer.TEXT_BYTES_MAX, Answer.FAILED),
    FILE_CONTENT("bytes", "what one `fs.write` writes", FileRequest.CONTENT_BYTES_MAX, Answer.INVALID),
    FILE_REQUEST("bytes", "a request to `fs.write`", FileRequest.WRITE_REQUEST_BYTES_MAX, Answer.INVALID),
    FILE_LIST("entries", "entries that one `fs.list` asks for", FileRequest.LIST_MAX, Answer.INVALID),
    FILE_FOLDER("names", "names of a folder that is listed", SecureFolder.NAMES_MAX, Answer.FAILED),
    FILE_SLOTS(
            "transfers",
            "files above 256 KiB that one extension reads and writes",
            FileService.EXTENSION_TRANSFERS_MAX,
            Answer.BACKPRESSURE),
    FILE_SLOTS_HOST(
            "transfers",
            "files above 256 KiB that all extensions read and write",
            FileService.HOST_TRANSFERS_MAX,
            Answer.BACKPRESSURE),
    SECRETS_FILE("bytes", "the file of secrets", SecretsFile.BYTES_MAX, Answer.FAILED);

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final String unit;
    private final String meaning;
    private final long value;
    private final Answer answer;

    ServiceLimit(String unit, String meaning, long value, Answer answer) {
        this.unit = unit;
        this.meaning = meaning;
        this.value = value;
        this.answer = answer;
    }

    public String label() {
        return label;
    }

    /// What it counts.
    public String unit() {
        return unit;
    }

    /// What it bounds.
    public String meaning() {
        return meaning;
    }

    public long value() {
        return value;
    }

    public Answer answer() {
        return answer;
    }

    /// What a guest is told that exceeds one.
    public enum Answer {
        /// `Failed(invalid_request)`.
        INVALID,
        /// `Denied(quota)`.
        QUOTA,
        /// `Denied(backpressure)`.
        BACKPRESSURE,
        /// `Failed(io)`.
        FAILED,
        /// `Failed(timeout)`.
        TIMEOUT,
        /// Nothing: the rest is left out, and what is kept says so.
        CUT
    }
}
