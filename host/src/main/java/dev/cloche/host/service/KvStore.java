package dev.cloche.host.service;

import dev.cloche.host.storage.Database;
import dev.cloche.host.storage.Session;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keys and JSON values of each extension, in the host's database. Safe for use by many threads.
///
/// What an extension uses is kept in a row of its own, changed in the transaction that changes the keys; there is one
/// writing thread, so parallel writers cannot go past a limit together.
final class KvStore {
    private final Supplier<Database> database;
    private final KvLimits limits;
    private final KvCache cache = new KvCache(KvCache.BYTES_MAX);

    /// @param database asked at the first use, not before
    KvStore(Supplier<Database> database, KvLimits limits) {
        this.database = database;
        this.limits = limits;
    }

    /// The JSON text of a value if that is known without reading; null if it is not.
    KvCache.@Nullable Value peek(String extension, String key) {
        return cache.peek(extension, key);
    }

    /// The JSON text of a value.
    Optional<String> get(String extension, String key) {
        return cache.get(extension, key, () -> database.get().read(session -> select(session, extension, key)));
    }

    private static Optional<String> select(Session session, String extension, String key) throws SQLException {
        PreparedStatement select = session.prepare("SELECT value FROM kv WHERE extension = ? AND key = ?");
        select.setString(1, extension);
        select.setString(2, key);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    /// Sets a value, if the extension's limits have room for it.
    SetResult set(String extension, String key, String json) {
        return database.get()
                .write(session -> setWithin(session, extension, key, json), () -> cache.forget(extension, key));
    }

    private SetResult setWithin(Session session, String extension, String key, String json) throws SQLException {
        Usage used = usage(session, extension);
        long before = entryBytes(session, extension, key);
        long keys = used.keys + (before == 0 ? 1 : 0);
        long bytes = used.bytes - before + utf8Length(key) + utf8Length(json);
        if (keys > limits.keys() && before == 0) {
            return new SetResult.OverLimit("keys", used.keys, limits.keys());
        }
        // An extension that is over a limit that was lowered may still write what makes it smaller.
        if (bytes > limits.totalBytes() && bytes > used.bytes) {
            return new SetResult.OverLimit("total_bytes", used.bytes, limits.totalBytes());
        }
        PreparedStatement upsert = session.prepare("""
                INSERT INTO kv (extension, key, value) VALUES (?, ?, ?)
                ON CONFLICT (extension, key) DO UPDATE SET value = excluded.value""");
        upsert.setString(1, extension);
        upsert.setString(2, key);
        upsert.setString(3, json);
        upsert.executeUpdate();
        setUsage(session, extension, new Usage(keys, bytes));
        return new SetResult.Stored();
    }

    /// Removes a key.
    ///
    /// @return whether it was there
    boolean delete(String extension, String key) {
        return database.get()
                .write(session -> deleteWithin(session, extension, key), () -> cache.forget(extension, key));
    }

    private static boolean deleteWithin(Session session, String extension, String key) throws SQLException {
        long before = entryBytes(session, extension, key);
        if (before == 0) {
            return false;
        }
        PreparedStatement delete = session.prepare("DELETE FROM kv WHERE extension = ? AND key = ?");
        delete.setString(1, extension);
        delete.setString(2, key);
        delete.executeUpdate();
        Usage used = usage(session, extension);
        setUsage(session, extension, new Usage(used.keys - 1, used.bytes - before));
        return true;
    }

    /// The keys that begin with a prefix and come after a key, in order of their bytes.
    ///
    /// @param limit how many at most; one more is answered if there are more
    List<String> list(String extension, String prefix, String after, int limit) {
        return database.get().read(session -> {
            PreparedStatement select = session.prepare(
                    "SELECT key FROM kv WHERE extension = ? AND key >= ? AND key > ? ORDER BY key LIMIT ?");
            select.setString(1, extension);
            select.setString(2, prefix);
            select.setString(3, after);
            select.setInt(4, limit + 1);
            List<String> keys = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                // Keys with the prefix stand together, from the prefix itself on.
                while (rows.next() && rows.getString(1).startsWith(prefix)) {
                    keys.add(rows.getString(1));
                }
            }
            return keys;
        });
    }

    private static Usage usage(Session session, String extension) throws SQLException {
        PreparedStatement select = session.prepare("SELECT keys, bytes FROM kv_usage WHERE extension = ?");
        select.setString(1, extension);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? new Usage(rows.getLong(1), rows.getLong(2)) : new Usage(0, 0);
        }
    }

    private static void setUsage(Session session, String extension, Usage usage) throws SQLException {
        PreparedStatement upsert = session.prepare("""
                INSERT INTO kv_usage (extension, keys, bytes) VALUES (?, ?, ?)
                ON CONFLICT (extension) DO UPDATE SET keys = excluded.keys, bytes = excluded.bytes""");
        upsert.setString(1, extension);
        upsert.setLong(2, usage.keys);
        upsert.setLong(3, usage.bytes);
        upsert.executeUpdate();
    }

    // Zero where there is no such key: a key has at least one byte.
    private static long entryBytes(Session session, String extension, String key) throws SQLException {
        PreparedStatement select = session.prepare(
                "SELECT octet_length(key) + octet_length(value) FROM kv WHERE extension = ? AND key = ?");
        select.setString(1, extension);
        select.setString(2, key);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static long utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private record Usage(long keys, long bytes) {}

    /// What became of a value to be set.
    sealed interface SetResult {
        record Stored() implements SetResult {}

        /// There is no room for it; nothing was changed.
        ///
        /// @param limit which one
        record OverLimit(String limit, long used, long max) implements SetResult {}
    }
}
