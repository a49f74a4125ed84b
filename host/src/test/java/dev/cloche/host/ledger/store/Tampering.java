package dev.cloche.host.ledger.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Changes a database behind the host's back, as somebody can who may write its file.
final class Tampering {
    private static final List<String> TRIGGERS = List.of("ledger_no_update", "ledger_no_delete", "ledger_in_order");

    private Tampering() {}

    static void run(Path file, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String trigger : TRIGGERS) {
                statement.execute("DROP TRIGGER IF EXISTS " + trigger);
            }
            statement.execute("PRAGMA ignore_check_constraints = 1");
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
