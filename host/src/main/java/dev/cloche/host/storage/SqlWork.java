package dev.cloche.host.storage;

import java.sql.SQLException;

/// Something to do in the database. It may be run more than once before its result counts, so it must do nothing
/// but read and write through the session.
///
/// @param <T> what it answers
@FunctionalInterface
public interface SqlWork<T> {
    T run(Session session) throws SQLException;
}
