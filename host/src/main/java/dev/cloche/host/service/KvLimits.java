package dev.cloche.host.service;

/// How much one extension may keep in the key-value store.
///
/// @param keys number of keys
/// @param totalBytes all keys and values together, in UTF-8
record KvLimits(long keys, long totalBytes) {
    /// How long a key may be, in bytes of UTF-8.
    static final int KEY_BYTES_MAX = 512;

    /// How large a value may be, as JSON text in UTF-8.
    static final int VALUE_BYTES_MAX = 1024 * 1024;

    static final long KEYS_MAX = 10_000;
    static final long TOTAL_BYTES_MAX = 16L * 1024 * 1024;

    static final KvLimits DEFAULT = new KvLimits(KEYS_MAX, TOTAL_BYTES_MAX);
}
