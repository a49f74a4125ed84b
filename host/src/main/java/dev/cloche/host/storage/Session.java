package dev.cloche.host.storage;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sqlite.SQLiteConfig;

/// One connection and its prepared statements. Used by one thread at a time.
public final class Session implements AutoCloseable {
    /// How long a statement waits for a lock that another process holds.
    static final int BUSY_TIMEOUT_MILLIS = 5_000;

    private static final int STATEMENTS_MAX = 64;
    private static final float LOAD_FACTOR = 0.75f;

    private final Connection connection;
    private final Map<String, PreparedStatement> statements =
            new LinkedHashMap<>(STATEMENTS_MAX, LOAD_FACTOR, /* accessOrder= */ true);

    private Session(Connection connection) {
        this.connection = connection;
    }

    static Session writer(Path file) throws SQLException {
        SQLiteConfig config = common();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        return new Session(config.createConnection("jdbc:sqlite:" + file));
    }

    static Session reader(Path file) throws SQLException {
        Session session = new Session(common().createConnection("jdbc:sqlite:" + file));
        session.executeOnce("PRAGMA query_only = 1");
        return session;
    }

    private static SQLiteConfig common() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return config;
    }

    /// The prepared statement of this text, made once for the connection. Its parameters still hold what they were last
    /// set to: set them all. Do not close it.
    public PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known != null) {
            return known;
        }
        if (statements.size() >= STATEMENTS_MAX) {
            var eldest = statements.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
        PreparedStatement made = connection.prepareStatement(sql);
        statements.put(sql, made);
        return made;
    }

    /// Carries out a statement without parameters and answer.
    void execute(String sql) throws SQLException {
        try {
            prepare(sql).execute();
        } catch (SQLException e) {
            forgetStatements();
            throw e;
        }
    }

    /// Forgets all prepared statements. To be called after anything has failed: the driver closes a statement that
    /// fails without saying so, and it would fail for ever after.
    void forgetStatements() {
        for (PreparedStatement statement : statements.values()) {
            try {
                statement.close();
            } catch (SQLException _) {
                // It is closed already, or of no use anyway.
            }
        }
        statements.clear();
    }

    /// Carries out a statement that cannot be prepared before the ones in front of it have run.
    void executeOnce(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    int queryInt(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    @Override
    public void close() throws SQLException {
        forgetStatements();
        connection.close();
    }
}
