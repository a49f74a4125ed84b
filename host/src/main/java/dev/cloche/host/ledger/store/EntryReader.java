package dev.cloche.host.ledger.store;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.storage.Session;
import dev.cloche.host.storage.StorageException;
import dev.cloche.host.storage.StorageException.Kind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/// Lists rows of the ledger.
final class EntryReader {
    private EntryReader() {}

    /// The rows that match, in order of their sequence.
    static List<LedgerEntry> list(Session session, LedgerQuery query) throws SQLException {
        List<Object> parameters = new ArrayList<>();
        PreparedStatement select = session.prepare(sql(query, parameters));
        for (int i = 0; i < parameters.size(); i++) {
            select.setObject(i + 1, parameters.get(i));
        }
        List<LedgerEntry> entries = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                entries.add(entry(row));
            }
        }
        if (query.after() == null) {
            Collections.reverse(entries);
        }
        return List.copyOf(entries);
    }

    /// The statement, of which there are few; what differs between queries is in the parameters.
    private static String sql(LedgerQuery query, List<Object> parameters) {
        StringBuilder sql = new StringBuilder("""
            SELECT sequence, time_ms, count,
                kind, extension, reason_code, triggered_by, from_state, to_state, details, hash
            FROM ledger WHERE 1 = 1\
            """);
        if (query.extension() != null) {
            sql.append(" AND extension = ?");
            parameters.add(query.extension());
        }
        if (query.since() != null) {
            sql.append(" AND time_ms >= ?");
            parameters.add(query.since().toEpochMilli());
        }
        if (!query.kinds().isEmpty()) {
            sql.append(" AND kind IN (?")
                    .repeat(", ?", query.kinds().size() - 1)
                    .append(')');
            query.kinds().stream().map(LedgerKind::label).forEach(parameters::add);
        }
        if (query.after() != null) {
            sql.append(" AND sequence > ? ORDER BY sequence LIMIT ?");
            parameters.add(query.after());
        } else {
            sql.append(" ORDER BY sequence DESC LIMIT ?");
        }
        parameters.add(query.limit());
        return sql.toString();
    }

    private static LedgerEntry entry(ResultSet row) throws SQLException {
        long sequence = row.getLong(1);
        try {
            LedgerEvent event = new LedgerEvent(
                    LedgerKind.ofLabel(row.getString(4)).orElse(LedgerKind.UNKNOWN),
                    row.getString(5),
                    row.getString(6),
                    triggeredBy(row.getString(7)),
                    row.getString(8),
                    row.getString(9),
                    row.getLong(3),
                    DetailsJson.read(row.getString(10)));
            return new LedgerEntry(
                    sequence, row.getLong(2), event, HexFormat.of().formatHex(row.getBytes(11)));
        } catch (IllegalArgumentException e) {
            throw new StorageException(
                    Kind.CORRUPT,
                    "a row of the ledger is not what was written: " + e.getMessage()
                            + "; `cloche ledger verify` says what else is wrong, sequence=" + sequence,
                    e);
        }
    }

    private static TriggeredBy triggeredBy(String label) {
        return TriggeredBy.ofLabel(label)
                .orElseThrow(() -> new IllegalArgumentException("nobody is called that, triggered_by=" + label));
    }
}
