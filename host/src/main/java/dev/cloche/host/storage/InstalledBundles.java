package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// The bundles installed in a home: zips in the folder `bundles`, named by their SHA-256, and a row for each extension.
///
/// A zip is on disk before the row that names it, so a row never names a file that is not there; a file that no row
/// names is what a crash left behind, and is removed when the home is next opened. Safe for use by many threads.
public final class InstalledBundles {
    private static final String ZIP = ".zip";
    private static final String PART = ".part";

    private final Path folder;
    private final Database database;
    // Keeps a removal from taking a file away between its being written and its row.
    private final ReentrantLock lock = new ReentrantLock();

    private InstalledBundles(Path folder, Database database) {
        this.folder = folder;
        this.database = database;
    }

    /// The bundles of this home, without the files that no row names.
    public static InstalledBundles open(Storage storage) {
        InstalledBundles bundles = new InstalledBundles(storage.home().bundles(), storage.database());
        bundles.collectOrphans();
        return bundles;
    }

    /// Stores a bundle as the one of its extension, in place of any other, whose place in the order it keeps.
    ///
    /// @param note carried out in the same transaction
    public void store(Installed bundle, byte[] zip, BundleNote note) {
        String sha256 = sha256(zip);
        lock.lock();
        try {
            writeFile(sha256, zip);
            Optional<String> former = database.write(session -> {
                Optional<Stored> replaced = storedOf(session, bundle.id());
                PreparedStatement upsert = session.prepare("""
                    INSERT INTO bundle (id, version, digest, checked_by, prewarm, script, zip_sha256)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET
                        version = excluded.version, digest = excluded.digest,
                        checked_by = excluded.checked_by, prewarm = excluded.prewarm,
                        script = excluded.script, zip_sha256 = excluded.zip_sha256\
                    """);
                upsert.setString(1, bundle.id());
                upsert.setString(2, bundle.version());
                upsert.setString(3, bundle.digest());
                upsert.setString(4, bundle.checkedBy());
                upsert.setInt(5, bundle.prewarm());
                upsert.setBoolean(6, bundle.script());
                upsert.setString(7, sha256);
                upsert.executeUpdate();
                note.changed(session, bundle.id(), replaced.map(Stored::bundle).orElse(null), bundle);
                return replaced.map(Stored::zipSha256);
            });
            former.ifPresent(this::deleteUnlessNamed);
        } finally {
            lock.unlock();
        }
    }

    /// All installed bundles, in the order in which their extensions were first stored.
    public List<Installed> list() {
        return database.read(session -> {
            List<Installed> found = new ArrayList<>();
            try (ResultSet rows = session.prepare("""
                SELECT id, version, digest, checked_by, prewarm, script FROM bundle ORDER BY sequence\
                """).executeQuery()) {
                while (rows.next()) {
                    found.add(installed(rows));
                }
            }
            return List.copyOf(found);
        });
    }

    /// The zip of the installed bundle with this digest, if there is one.
    ///
    /// @throws StorageException if its file is missing or is not what was stored
    public Optional<byte[]> load(String digest) {
        Optional<String> sha256 = database.read(session -> {
            PreparedStatement select = session.prepare("SELECT zip_sha256 FROM bundle WHERE digest = ? LIMIT 1");
            select.setString(1, digest);
            return first(select);
        });
        return sha256.map(this::readFile);
    }

    /// Notes which rules a stored bundle was found to keep since, and what it asks for.
    ///
    /// @param bundle whose row is changed if it still has that digest
    public void note(Installed bundle) {
        database.write(session -> {
            PreparedStatement update = session.prepare("""
                UPDATE bundle SET checked_by = ?, prewarm = ?, script = ? WHERE id = ? AND digest = ?\
                """);
            update.setString(1, bundle.checkedBy());
            update.setInt(2, bundle.prewarm());
            update.setBoolean(3, bundle.script());
            update.setString(4, bundle.id());
            update.setString(5, bundle.digest());
            return update.executeUpdate();
        });
    }

    /// Forgets the bundle of an extension.
    ///
    /// @param note carried out in the same transaction, if there was one
    /// @return whether there was one
    public boolean remove(String id, BundleNote note) {
        lock.lock();
        try {
            Optional<String> removed = database.write(session -> {
                Optional<Stored> stored = storedOf(session, id);
                if (stored.isPresent()) {
                    PreparedStatement delete = session.prepare("DELETE FROM bundle WHERE id = ?");
                    delete.setString(1, id);
                    delete.executeUpdate();
                    note.changed(session, id, stored.get().bundle(), null);
                }
                return stored.map(Stored::zipSha256);
            });
            removed.ifPresent(this::deleteUnlessNamed);
            return removed.isPresent();
        } finally {
            lock.unlock();
        }
    }

    private static Optional<Stored> storedOf(Session session, String id) throws SQLException {
        PreparedStatement select = session.prepare("""
            SELECT id, version, digest, checked_by, prewarm, script, zip_sha256 FROM bundle WHERE id = ?\
            """);
        select.setString(1, id);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(new Stored(installed(rows), rows.getString(7))) : Optional.empty();
        }
    }

    private static Installed installed(ResultSet rows) throws SQLException {
        return new Installed(
                rows.getString(1),
                rows.getString(2),
                rows.getString(3),
                rows.getString(4),
                rows.getInt(5),
                rows.getBoolean(6));
    }

    private static Optional<String> first(PreparedStatement select) throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    private Set<String> named() {
        return database.read(session -> {
            Set<String> names = new HashSet<>();
            try (ResultSet rows =
                    session.prepare("SELECT DISTINCT zip_sha256 FROM bundle").executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            return names;
        });
    }

    private void deleteUnlessNamed(String sha256) {
        if (!named().contains(sha256)) {
            delete(file(sha256));
        }
    }

    private void collectOrphans() {
        Set<String> named = named();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> isOrphan(String.valueOf(file.getFileName()), named))
                    .forEach(this::delete);
        } catch (IOException e) {
            throw unusable("the folder of bundles cannot be read", folder, e);
        }
    }

    // Files of any other name are not ours to remove.
    private static boolean isOrphan(String name, Set<String> named) {
        return name.endsWith(PART)
                || (name.endsWith(ZIP) && !named.contains(name.substring(0, name.length() - ZIP.length())));
    }

    private void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unusable("the bundle's file cannot be removed", file, e);
        }
    }

    private Path file(String sha256) {
        return folder.resolve(sha256 + ZIP);
    }

    // Plain streams and not a channel: a channel is closed when its thread is interrupted in the middle.
    private void writeFile(String sha256, byte[] zip) {
        Path target = file(sha256);
        Path part = folder.resolve(sha256 + PART);
        try {
            try (FileOutputStream out = new FileOutputStream(part.toFile())) {
                out.write(zip);
                out.getFD().sync();
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder();
        } catch (IOException e) {
            throw unusable("the bundle cannot be stored", target, e);
        }
    }

    // The new name is on disk only once the folder is.
    private void syncFolder() {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) {
            // Not every system lets a folder be opened; those that do not, order names and content by themselves.
        }
    }

    private byte[] readFile(String sha256) {
        Path file = file(sha256);
        try {
            byte[] zip = Files.readAllBytes(file);
            if (!sha256(zip).equals(sha256)) {
                throw new StorageException(
                        Kind.CORRUPT, "the bundle's file is damaged; install the bundle again, file=" + file);
            }
            return zip;
        } catch (NoSuchFileException e) {
            throw new StorageException(
                    Kind.CORRUPT, "the bundle's file is gone; install the bundle again, file=" + file, e);
        } catch (IOException e) {
            throw unusable("the bundle's file cannot be read", file, e);
        }
    }

    private static StorageException unusable(String what, Path where, IOException e) {
        return new StorageException(
                Kind.IO, what + ": " + e.getMessage() + "; mend the rights or make room, file=" + where, e);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// An installed bundle and the hash of its zip.
    private record Stored(Installed bundle, String zipSha256) {}

    /// An installed bundle.
    ///
    /// @param id the extension's
    /// @param digest of the bundle's canonical content
    /// @param checkedBy the rules that it was found to keep; empty where a version has stored it that did not say
    /// @param prewarm how many isolates it asks for before its first call; known where the rules are
    /// @param script whether it needs the script engine; known where the rules are
    public record Installed(String id, String version, String digest, String checkedBy, int prewarm, boolean script) {}
}
