package dev.cloche.host.engine.cache;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The folder of the cache: whether it can be trusted, what lies in it, and how much room there is. Safe for use by
/// many threads, and by many processes at once.
///
/// A file's time of modification is when its entry was last used, to within [#TOUCH_INTERVAL].
///
/// Processes do not lock each other out. Entries appear and go in one step each, so all that two processes can do to
/// one another is to make room at the same time and be one entry each beyond the bound until the next one is put. A
/// lock file would cost more than that: it can be left behind, and on network file systems it can hang.
final class CacheFolder {
    static final String ENTRY = ".entry";
    static final String PART = ".part";

    /// Entries in the folder, at most.
    static final int ENTRIES_MAX = 2_048;

    /// How old the note of an entry's last use gets before a further use renews it.
    static final Duration TOUCH_INTERVAL = Duration.ofHours(1);

    /// How long after its last change a file that is being written counts as left behind.
    static final Duration PART_AGE_MAX = Duration.ofHours(1);

    private final Path path;
    private final FolderState.@Nullable Off off;
    private final CacheFiles files;
    private final Clock clock;
    // Held while room is made and an entry takes its place: file system work, but no reading or writing of content.
    private final ReentrantLock placing = new ReentrantLock();
    // Looked up once, and at no cost where nothing is cached.
    private volatile @Nullable UserPrincipal self;

    /// @param off set if the configuration wants no cache
    CacheFolder(Path path, FolderState.@Nullable Off off, CacheFiles files, Clock clock) {
        this.path = path;
        this.off = off;
        this.files = files;
        this.clock = clock;
    }

    /// A file of the folder.
    record Listed(Path file, FileFacts facts) {}

    Path path() {
        return path;
    }

    Path file(CacheKey key) {
        return path.resolve(key.fileName());
    }

    /// Looks anew each time: what an operator mends, or breaks, shows at the next use.
    FolderState look() {
        if (off != null) {
            return off;
        }
        try {
            FileFacts facts = files.facts(path);
            UserPrincipal user = self();
            String distrust = facts.distrust(FileFacts.Type.FOLDER, user);
            return distrust.isEmpty()
                    ? new FolderState.Ready(user)
                    : unusable(distrust + "; make it a folder that this user owns and nobody else may write");
        } catch (NoSuchFileException _) {
            return new FolderState.Absent();
        } catch (IOException e) {
            return unusable("cannot be looked at: " + e + "; mend that or choose another");
        }
    }

    /// Makes the folder if it is not there.
    FolderState make() {
        FolderState state = look();
        if (!(state instanceof FolderState.Absent)) {
            return state;
        }
        try {
            files.makeFolder(path);
            return look();
        } catch (IOException e) {
            return unusable("cannot be made: " + e + "; mend that or choose another");
        }
    }

    private FolderState.Unusable unusable(String reason) {
        return new FolderState.Unusable("the cache folder " + reason + ", cache=" + path);
    }

    private UserPrincipal self() throws IOException {
        @Nullable UserPrincipal known = self;
        if (known == null) {
            known = files.self();
            self = known;
        }
        return known;
    }

    /// All entries, the one least recently used first.
    List<Listed> entries() throws IOException {
        Instant now = clock.instant();
        List<Listed> listed = list(ENTRY);
        listed.sort(Comparator.comparing((Listed entry) -> lastUsed(entry, now))
                .thenComparing(entry -> entry.facts().modified()));
        return listed;
    }

    private List<Listed> list(String suffix) throws IOException {
        List<Listed> listed = new ArrayList<>();
        for (Path file : files.list(path, suffix)) {
            try {
                listed.add(new Listed(file, files.facts(file)));
            } catch (NoSuchFileException _) {
                // Somebody else has just removed it.
            }
        }
        return listed;
    }

    Instant lastUsed(Listed entry) {
        return lastUsed(entry, clock.instant());
    }

    private static Instant lastUsed(Listed entry, Instant now) {
        Instant modified = entry.facts().modified();
        return modified.isAfter(now) ? now : modified;
    }

    /// Notes that an entry was used now, unless that is noted well enough.
    void used(Path file) {
        try {
            Instant now = clock.instant();
            if (isFar(files.facts(file).modified(), now, TOUCH_INTERVAL)) {
                files.touch(file, now);
            }
        } catch (IOException _) {
            // The entry serves all the same; it only looks older than it is.
        }
    }

    /// In both directions: what a clock that was wrong has noted in the future must not stay there.
    private static boolean isFar(Instant noted, Instant now, Duration distance) {
        return Duration.between(noted, now).abs().compareTo(distance) > 0;
    }

    Path newPart() throws IOException {
        return files.create(path, PART);
    }

    /// Makes room, and gives a file that was written its name. Leaves the file where it is if there is no room.
    ///
    /// @return how many entries had to go
    int place(Path part, CacheKey key, long bytes, long bytesMax) throws IOException {
        Path target = file(key);
        placing.lock();
        try {
            List<Listed> others = new ArrayList<>(entries());
            others.removeIf(entry -> entry.file().equals(target));
            calmFuture(others);
            Removed removed = evict(others, bytesMax - bytes, ENTRIES_MAX - 1);
            if (bytesOf(others) - removed.bytes() > bytesMax - bytes) {
                throw new EntryTooLargeException(bytesMax);
            }
            files.touch(part, clock.instant());
            files.replace(part, target);
            return removed.entries();
        } finally {
            placing.unlock();
        }
    }

    /// Brings entries that a wrong clock has dated in the future into the past, in their order. They count as used now,
    /// and would again at any later now.
    ///
    /// @param entries the one least recently used first
    private void calmFuture(List<Listed> entries) {
        Instant now = clock.instant();
        Instant date = now;
        for (Listed entry : entries.reversed()) {
            if (entry.facts().modified().isAfter(now)) {
                date = date.minusMillis(1);
                try {
                    files.touch(entry.file(), date);
                } catch (IOException _) {
                    // It looks younger than it is until the next time.
                }
            }
        }
    }

    /// Removes entries, the one least recently used first, until the rest keeps both bounds.
    Removed shrink(long bytesMax) throws IOException {
        placing.lock();
        try {
            return evict(entries(), bytesMax, ENTRIES_MAX);
        } finally {
            placing.unlock();
        }
    }

    private Removed evict(List<Listed> entries, long bytesMax, int entriesMax) {
        long bytesLeft = bytesOf(entries);
        int entriesLeft = entries.size();
        Removed removed = Removed.NONE;
        Iterator<Listed> oldestFirst = entries.iterator();
        while ((bytesLeft > bytesMax || entriesLeft > entriesMax) && oldestFirst.hasNext()) {
            Listed oldest = oldestFirst.next();
            if (delete(oldest.file())) {
                bytesLeft -= oldest.facts().bytes();
                entriesLeft--;
                removed = removed.plus(oldest.facts().bytes());
            }
        }
        return removed;
    }

    static long bytesOf(List<Listed> entries) {
        return entries.stream().mapToLong(entry -> entry.facts().bytes()).sum();
    }

    /// Removes the entries that were last used before an instant.
    Removed removeBefore(Instant instant) throws IOException {
        Removed removed = Removed.NONE;
        for (Listed entry : entries()) {
            if (lastUsed(entry).isBefore(instant) && delete(entry.file())) {
                removed = removed.plus(entry.facts().bytes());
            }
        }
        return removed;
    }

    /// Removes what processes that ended in the middle of writing have left. What changed lately may be under way.
    void removeLeftovers() throws IOException {
        for (Listed part : list(PART)) {
            if (isFar(part.facts().modified(), clock.instant(), PART_AGE_MAX)) {
                delete(part.file());
            }
        }
    }

    boolean exists(Path file) {
        try {
            files.facts(file);
            return true;
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    /// Whether the file is gone. A system that does not let go of a file in use keeps it a while longer.
    boolean delete(Path file) {
        try {
            files.delete(file);
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
