package dev.cloche.host.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What an operator allows and denies, and whose hostcalls are forced into another lane, as rows of the database. Each
/// method works within a transaction of the caller's.
public final class StoredRules {
    private StoredRules() {}

    /// A row of what is allowed or denied.
    ///
    /// @param extension an extension's id, or `*`
    /// @param parameters JSON
    /// @param effect `allow` or `deny`
    public record Rule(String extension, String capability, String parameters, String effect, long createdMillis) {}

    /// A row of whose hostcalls are forced.
    ///
    /// @param extension an extension's id, or `*`
    public record Force(String extension, String reasonCode, String triggeredBy, long timeMillis) {}

    /// All rules, in the order in which they were made.
    public static List<Rule> rules(Session session) throws SQLException {
        List<Rule> rules = new ArrayList<>();
        try (ResultSet rows = session.prepare(
                        "SELECT extension, capability, parameters, effect, created_ms FROM grants ORDER BY sequence")
                .executeQuery()) {
            while (rows.next()) {
                rules.add(new Rule(
                        rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getLong(5)));
            }
        }
        return List.copyOf(rules);
    }

    /// @return whether it was not there before
    public static boolean add(Session session, Rule rule) throws SQLException {
        PreparedStatement insert = session.prepare("""
                INSERT INTO grants (extension, capability, parameters, effect, created_ms) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING""");
        insert.setString(1, rule.extension());
        insert.setString(2, rule.capability());
        insert.setString(3, rule.parameters());
        insert.setString(4, rule.effect());
        insert.setLong(5, rule.createdMillis());
        return insert.executeUpdate() > 0;
    }

    /// Removes all rules of an extension for a capability that go one way.
    ///
    /// @return those there were
    public static List<Rule> remove(Session session, String extension, String capability, String effect)
            throws SQLException {
        List<Rule> removed = rules(session).stream()
                .filter(rule -> rule.extension().equals(extension)
                        && rule.capability().equals(capability)
                        && rule.effect().equals(effect))
                .toList();
        PreparedStatement delete =
                session.prepare("DELETE FROM grants WHERE extension = ? AND capability = ? AND effect = ?");
        delete.setString(1, extension);
        delete.setString(2, capability);
        delete.setString(3, effect);
        delete.executeUpdate();
        return removed;
    }

    /// All forces, by extension.
    public static List<Force> forces(Session session) throws SQLException {
        List<Force> forces = new ArrayList<>();
        try (ResultSet rows = session.prepare(
                        "SELECT extension, reason_code, triggered_by, time_ms FROM lane_force ORDER BY extension")
                .executeQuery()) {
            while (rows.next()) {
                forces.add(new Force(rows.getString(1), rows.getString(2), rows.getString(3), rows.getLong(4)));
            }
        }
        return List.copyOf(forces);
    }

    /// Forces the hostcalls of an extension, or changes why.
    public static void force(Session session, Force force) throws SQLException {
        PreparedStatement upsert = session.prepare("""
                INSERT INTO lane_force (extension, reason_code, triggered_by, time_ms) VALUES (?, ?, ?, ?)
                ON CONFLICT (extension) DO UPDATE SET reason_code = excluded.reason_code,
                    triggered_by = excluded.triggered_by, time_ms = excluded.time_ms""");
        upsert.setString(1, force.extension());
        upsert.setString(2, force.reasonCode());
        upsert.setString(3, force.triggeredBy());
        upsert.setLong(4, force.timeMillis());
        upsert.executeUpdate();
    }

    /// @return whether there was a force
    public static boolean revert(Session session, String extension) throws SQLException {
        PreparedStatement delete = session.prepare("DELETE FROM lane_force WHERE extension = ?");
        delete.setString(1, extension);
        return delete.executeUpdate() > 0;
    }
}
