package dev.cloche.host.ledger.store;

import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.storage.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far the verification of the ledger has come: from the first row to the last, a page at a time, so that neither
/// memory nor the time of a read goes with the number of rows.
///
/// @param head the last row that was looked at
/// @param expected the hash that is looked for; empty for none
/// @param met whether it was found
/// @param broken the first row that is wrong
/// @param done whether there is nothing more to look at
record ChainWalk(
        LedgerHead head,
        String expected,
        boolean met,
        @Nullable LedgerVerdict broken,
        boolean done) {
    /// Rows of a page.
    static final int PAGE_ROWS = 4_096;

    private static final HexFormat HEX = HexFormat.of();
    private static final int FIRST_TEXT = 4;
    private static final int PREVIOUS = FIRST_TEXT + RowHash.TEXTS;
    private static final int HASH = PREVIOUS + 1;

    /// @param expected the hash to look for; empty for none
    static ChainWalk from(String expected) {
        boolean met = expected.isEmpty() || expected.equals(LedgerHead.EMPTY.hash());
        return new ChainWalk(LedgerHead.EMPTY, expected, met, null, false);
    }

    /// Looks at the next page.
    ChainWalk next(Session session) throws SQLException {
        PreparedStatement select = session.prepare("""
            SELECT sequence, time_ms, count,
                kind, extension, reason_code, triggered_by, from_state, to_state, details, previous, hash
            FROM ledger WHERE sequence >= ? ORDER BY sequence LIMIT ?\
            """);
        // From the very first one, also where somebody has put rows before it.
        select.setLong(1, head.sequence() == 0 ? Long.MIN_VALUE : head.sequence() + 1);
        select.setInt(2, PAGE_ROWS);
        RowHash hasher = new RowHash();
        LedgerHead last = head;
        boolean found = met;
        int rows = 0;
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows++;
                String wrong = wrong(row, last, hasher);
                if (!wrong.isEmpty()) {
                    return new ChainWalk(last, expected, found, new LedgerVerdict.Broken(row.getLong(1), wrong), true);
                }
                last = new LedgerHead(row.getLong(1), HEX.formatHex(row.getBytes(HASH)));
                found |= last.hash().equals(expected);
            }
        }
        return new ChainWalk(last, expected, found, null, rows < PAGE_ROWS);
    }

    /// What is wrong with a row; empty if it is what follows on the one before.
    private static String wrong(ResultSet row, LedgerHead last, RowHash hasher) throws SQLException {
        long sequence = row.getLong(1);
        if (sequence != last.sequence() + 1) {
            return "rows are missing before it, or its sequence was changed, expected=" + (last.sequence() + 1);
        }
        byte[] previous = bytes(row, PREVIOUS);
        if (!HEX.formatHex(previous).equals(last.hash())) {
            return "it does not follow on the row before it";
        }
        List<byte[]> texts = new ArrayList<>(RowHash.TEXTS);
        for (int i = 0; i < RowHash.TEXTS; i++) {
            texts.add(bytes(row, FIRST_TEXT + i));
        }
        byte[] hash = hasher.of(sequence, row.getLong(2), row.getLong(3), texts, previous);
        return HEX.formatHex(hash).equals(HEX.formatHex(bytes(row, HASH))) ? "" : "its content is not what was written";
    }

    /// As they are stored: text that is no UTF-8 must not pass for other text.
    private static byte[] bytes(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? new byte[0] : bytes;
    }

    LedgerVerdict verdict() {
        if (broken != null) {
            return broken;
        }
        return met ? new LedgerVerdict.Intact(head) : new LedgerVerdict.Cut(head, expected);
    }
}
