package dev.cloche.host.engine.cache;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks through all entries of a folder, whoever made them and for whatever key.
final class Examiner {
    private final CacheFolder folder;
    private final EntryReader reader;

    Examiner(CacheFolder folder, EntryReader reader) {
        this.folder = folder;
        this.reader = reader;
    }

    /// All entries, the one used last first, their content left unread.
    List<StoredEntry> headers(UserPrincipal self) throws IOException {
        return examine(self, reader::key);
    }

    /// All entries, the one used last first, each read as a whole.
    List<StoredEntry> contents(UserPrincipal self) throws IOException {
        return examine(self, reader::verifiedKey);
    }

    /// How an entry's key is found out.
    @FunctionalInterface
    private interface Examination {
        CacheKey key(Path file, UserPrincipal self) throws IOException;
    }

    private List<StoredEntry> examine(UserPrincipal self, Examination examination) throws IOException {
        List<StoredEntry> examined = new ArrayList<>();
        for (CacheFolder.Listed listed : folder.entries().reversed()) {
            examine(listed, self, examination).ifPresent(examined::add);
        }
        return examined;
    }

    /// Nothing if the entry was removed meanwhile.
    private Optional<StoredEntry> examine(CacheFolder.Listed listed, UserPrincipal self, Examination examination) {
        @Nullable CacheKey key = null;
        String problem = "";
        try {
            key = examination.key(listed.file(), self);
        } catch (UnusableEntryException e) {
            problem = String.valueOf(e.getMessage());
        } catch (NoSuchFileException | FileNotFoundException e) {
            if (!folder.exists(listed.file())) {
                return Optional.empty();
            }
            problem = "cannot be opened: " + e.getMessage();
        } catch (IOException e) {
            problem = "cannot be read: " + e;
        }
        String name = String.valueOf(listed.file().getFileName());
        return Optional.of(new StoredEntry(name, key, listed.facts().bytes(), folder.lastUsed(listed), problem));
    }
}
