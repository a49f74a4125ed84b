package dev.cloche.host.engine.cache;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A content-addressed store of what can be made again, in a folder that many hosts may share. Safe for use by many
/// threads.
///
/// It never fails a call: an entry that is damaged, cut short, under the name of another, or of another user is refused
/// and built anew, and where the folder cannot be used nothing is found and nothing is kept. [#problem] says why. The
/// folder is made when something is first put.
///
/// `docs/cache.md` says what is checked and what is not.
public final class ContentCache {
    /// How large all entries together may get unless the configuration says otherwise.
    public static final long BYTES_MAX_DEFAULT = 512L << 20;

    /// How large one entry's file may be, whatever the cache's size.
    public static final long ENTRY_BYTES_MAX = 1L << 30;

    /// How long a thread waits for another one that builds what it needs.
    public static final Duration BUILD_WAIT_MAX = Duration.ofMinutes(5);

    /// How often a thread that waits sees the one that builds be interrupted before it gives up.
    private static final int ABANDONED_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(ContentCache.class);

    private final CacheFolder folder;
    private final EntryReader reader;
    private final EntryWriter writer;
    private final Examiner examiner;
    private final long bytesMax;
    private final Clock clock;
    // As large as the number of values that are being made.
    private final ConcurrentMap<CacheKey, Flight<?>> flights = new ConcurrentHashMap<>();
    private final Warnings warnings = new Warnings(LOG);
    private final AtomicBoolean swept = new AtomicBoolean();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile String lastFailure = "";

    ContentCache(CacheFolder folder, CacheFiles files, long bytesMax, Clock clock) {
        if (bytesMax < 1) {
            throw new IllegalArgumentException("the cache must have room, bytes-max=" + bytesMax);
        }
        this.folder = folder;
        this.reader = new EntryReader(files);
        this.writer = new EntryWriter(files);
        this.examiner = new Examiner(folder, reader);
        this.bytesMax = bytesMax;
        this.clock = clock;
    }

    /// A cache in a folder. Touches nothing yet.
    ///
    /// @param bytesMax how large all entries together may be; what is being written comes on top
    /// @param clock the system's time of day, by which entries age; not that of guests
    public static ContentCache at(Path folder, long bytesMax, Clock clock) {
        CacheFiles files = new CacheFiles();
        return new ContentCache(new CacheFolder(folder, null, files, clock), files, bytesMax, clock);
    }

    /// A cache that finds and keeps nothing.
    ///
    /// @param folder where it would be
    public static ContentCache off(Path folder, String reason, Clock clock) {
        CacheFiles files = new CacheFiles();
        CacheFolder off = new CacheFolder(folder, new FolderState.Off(reason), files, clock);
        return new ContentCache(off, files, 1, clock);
    }

    /// The value of a key: read from the folder, or else built and kept there. One thread builds a key at a time; those
    /// who come meanwhile wait for it and share its value or its failure. A failure is not kept.
    ///
    /// @param codec the same for all calls with keys of one kind
    /// @throws CacheBuildException if the builder fails, here or in the thread that was waited for
    /// @throws InterruptedException if the builder throws it, or the calling thread is interrupted while it waits
    /// @throws IllegalStateException if the builder asks for its own key
    public <T> T load(CacheKey key, CacheCodec<T> codec, Callable<T> builder) throws InterruptedException {
        for (int abandoned = 0; abandoned < ABANDONED_MAX; abandoned++) {
            Flight<T> own = new Flight<>(BUILD_WAIT_MAX);
            @Nullable Flight<T> other = join(key, own);
            if (other == null) {
                return fly(own, key, codec, builder);
            }
            if (other.isMadeByCaller()) {
                throw new IllegalStateException("a builder must not ask for what it builds, key=" + key);
            }
            Optional<T> value = other.await(key);
            if (value.isPresent()) {
                return value.get();
            }
        }
        throw new CacheBuildException(
                key,
                new InterruptedException("the threads that built it were all interrupted, threads=" + ABANDONED_MAX));
    }

    // One codec a kind, so whoever asks for a key gets the type that the flight was made with.
    @SuppressWarnings("unchecked")
    private <T> @Nullable Flight<T> join(CacheKey key, Flight<T> own) {
        return (Flight<T>) flights.putIfAbsent(key, own);
    }

    private <T> T fly(Flight<T> flight, CacheKey key, CacheCodec<T> codec, Callable<T> builder)
            throws InterruptedException {
        try {
            Optional<T> found = read(key, codec);
            if (found.isPresent()) {
                flight.land(found.get());
                return found.get();
            }
            T built = build(flight, key, builder);
            // The others need not wait for the disk.
            flight.land(built);
            keep(key, codec, built);
            return built;
        } catch (RuntimeException | Error e) {
            // Nothing happens if it has landed, or has failed with a better reason.
            leave(key, flight).fail(e);
            throw e;
        } finally {
            leave(key, flight);
        }
    }

    /// Takes the flight off the list, before it fails: whoever comes after a failure tries again.
    private <T> Flight<T> leave(CacheKey key, Flight<T> flight) {
        flights.remove(key, flight);
        return flight;
    }

    private <T> T build(Flight<T> flight, CacheKey key, Callable<T> builder) throws InterruptedException {
        try {
            return builder.call();
        } catch (InterruptedException e) {
            leave(key, flight).abandon();
            throw e;
        } catch (Exception e) {
            if (Thread.currentThread().isInterrupted()) {
                leave(key, flight).abandon();
            } else {
                leave(key, flight).fail(e);
            }
            throw new CacheBuildException(key, e);
        }
    }

    private <T> void keep(CacheKey key, CacheCodec<T> codec, T value) {
        try {
            put(key, out -> codec.write(value, out));
        } catch (RuntimeException e) {
            failed.increment();
            LOG.warn("cache: a value cannot be written and is not kept, key={}", key, e);
        }
    }

    private <T> Optional<T> read(CacheKey key, CacheCodec<T> codec) {
        @Nullable CacheEntry found = find(key);
        if (found != null) {
            try (found) {
                T value = codec.read(found);
                hits.increment();
                return Optional.of(value);
            } catch (IOException | RuntimeException e) {
                refuse(folder.file(key), "has content that cannot be used: " + e);
            }
        }
        misses.increment();
        return Optional.empty();
    }

    /// The entry of a key, verified. Whoever gets it closes it.
    public Optional<CacheEntry> get(CacheKey key) {
        @Nullable CacheEntry found = find(key);
        (found == null ? misses : hits).increment();
        return Optional.ofNullable(found);
    }

    private @Nullable CacheEntry find(CacheKey key) {
        @Nullable UserPrincipal self = self(folder.look());
        if (self == null) {
            return null;
        }
        Path file = folder.file(key);
        try {
            CacheEntry entry = reader.open(file, key, self);
            folder.used(file);
            return entry;
        } catch (NoSuchFileException _) {
            return null;
        } catch (FileNotFoundException e) {
            // How opening a file tells that it is gone, and also that it may not be opened.
            return folder.exists(file) ? unreadable(file, e) : null;
        } catch (UnusableEntryException e) {
            refuse(file, e.getMessage());
            return null;
        } catch (IOException e) {
            return unreadable(file, e);
        }
    }

    /// Not the entry's fault, for all that is known: it stays, until it is built anew.
    private @Nullable CacheEntry unreadable(Path file, IOException cause) {
        failed.increment();
        warnings.once("cache: an entry cannot be read and is built anew, file=" + file + " cause=" + cause);
        return null;
    }

    private void refuse(Path file, @Nullable String reason) {
        refused.increment();
        warnings.once("cache: refused an entry, which " + reason + "; it is built anew, file=" + file);
        folder.delete(file);
    }

    /// The user of this process if the folder can be used, null if not.
    private @Nullable UserPrincipal self(FolderState state) {
        return switch (state) {
            case FolderState.Ready(UserPrincipal self) -> {
                sweep();
                yield self;
            }
            case FolderState.Absent _, FolderState.Off _ -> null;
            case FolderState.Unusable(String reason) -> {
                warnings.once("cache: nothing is cached: " + reason);
                yield null;
            }
        };
    }

    private void sweep() {
        if (swept.compareAndSet(false, true)) {
            try {
                folder.removeLeftovers();
            } catch (IOException _) {
                // They only take up room; pruning tries again.
            }
        }
    }

    /// Writes the entry of a key, in place of one that is there. Entries that were not used for longest make room.
    ///
    /// @return whether it was stored; if not, a warning in the log says why
    public boolean put(CacheKey key, ContentWriter content) {
        FolderState state = folder.make();
        if (self(state) == null) {
            lastFailure = state instanceof FolderState.Unusable(String reason) ? reason : "";
            return false;
        }
        @Nullable Path part = null;
        try {
            part = folder.newPart();
            long bytes = writer.write(part, key, content, Math.min(bytesMax, ENTRY_BYTES_MAX));
            evicted.add(folder.place(part, key, bytes, bytesMax));
            part = null;
            stored.increment();
            lastFailure = "";
            return true;
        } catch (IOException | UncheckedIOException e) {
            failed.increment();
            lastFailure = reason(e);
            warnings.once("cache: entries are not kept: " + lastFailure + ", cache=" + folder.path());
            return false;
        } finally {
            if (part != null) {
                folder.delete(part);
            }
        }
    }

    /// Without the name of the file, which is another one each time.
    private static String reason(Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        return cause instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    /// All entries, the one used last first. Their headers are verified, their content is not.
    ///
    /// @throws UncheckedIOException if the folder cannot be read
    public List<StoredEntry> entries() {
        return examine(examiner::headers);
    }

    /// All entries, the one used last first, each read and verified.
    ///
    /// @param remove whether to remove those that must not be used
    /// @throws UncheckedIOException if the folder cannot be read
    public List<StoredEntry> verify(boolean remove) {
        List<StoredEntry> entries = examine(examiner::contents);
        if (remove) {
            entries.stream()
                    .filter(entry -> !entry.problem().isEmpty())
                    .forEach(entry -> folder.delete(folder.path().resolve(entry.file())));
        }
        return entries;
    }

    private List<StoredEntry> examine(Examination examination) {
        @Nullable UserPrincipal self = self(folder.look());
        if (self == null) {
            return List.of();
        }
        try {
            return examination.run(self);
        } catch (IOException e) {
            throw unreadableFolder(e);
        }
    }

    @FunctionalInterface
    private interface Examination {
        List<StoredEntry> run(UserPrincipal self) throws IOException;
    }

    /// Removes entries, the one that was not used for longest first, until the rest is not larger than this.
    ///
    /// @throws UncheckedIOException if the folder cannot be read
    public Removed shrinkTo(long bytes) {
        return prune(() -> folder.shrink(bytes));
    }

    /// Removes the entries that were not used for this long.
    ///
    /// @throws UncheckedIOException if the folder cannot be read
    public Removed removeUnusedFor(Duration time) {
        return prune(() -> folder.removeBefore(clock.instant().minus(time)));
    }

    /// Removes all entries.
    ///
    /// @throws UncheckedIOException if the folder cannot be read
    public Removed removeAll() {
        return shrinkTo(0);
    }

    private Removed prune(Pruning pruning) {
        if (self(folder.look()) == null) {
            return Removed.NONE;
        }
        try {
            folder.removeLeftovers();
            return pruning.run();
        } catch (IOException e) {
            throw unreadableFolder(e);
        }
    }

    private UncheckedIOException unreadableFolder(IOException cause) {
        return new UncheckedIOException(
                "the cache folder cannot be read; mend its rights, cache=" + folder.path(), cause);
    }

    @FunctionalInterface
    private interface Pruning {
        Removed run() throws IOException;
    }

    /// Where the entries are.
    public Path folder() {
        return folder.path();
    }

    /// Why nothing is cached; empty if entries can be used. A folder that is not there yet is none.
    public Optional<String> problem() {
        return switch (folder.look()) {
            case FolderState.Ready _, FolderState.Absent _ -> Optional.empty();
            case FolderState.Off(String reason) -> Optional.of(reason);
            case FolderState.Unusable(String reason) -> Optional.of(reason);
        };
    }

    /// Whether the configuration wants no cache.
    public boolean isOff() {
        return folder.look() instanceof FolderState.Off;
    }

    /// Why the last entry was not stored; empty if it was.
    public Optional<String> lastFailure() {
        return Optional.of(lastFailure).filter(reason -> !reason.isEmpty());
    }

    /// The numbers. Lists the folder.
    public CacheStats stats() {
        List<CacheFolder.Listed> listed = listed();
        return new CacheStats(
                listed.size(),
                CacheFolder.bytesOf(listed),
                hits.sum(),
                misses.sum(),
                stored.sum(),
                refused.sum(),
                evicted.sum(),
                failed.sum());
    }

    private List<CacheFolder.Listed> listed() {
        try {
            return folder.look() instanceof FolderState.Ready ? folder.entries() : List.of();
        } catch (IOException e) {
            warnings.once("cache: the folder cannot be listed, cache=" + folder.path() + " cause=" + e);
            return List.of();
        }
    }

    /// One line on what the cache does and how it goes, or why it does nothing.
    public String description() {
        Optional<String> problem = problem();
        if (problem.isPresent()) {
            return "nothing is cached: " + problem.get();
        }
        CacheStats stats = stats();
        return "entries=" + stats.entries() + " bytes=" + stats.bytes() + " max-bytes=" + bytesMax + " hits="
                + stats.hits() + " misses=" + stats.misses() + " stored=" + stats.stored() + " refused="
                + stats.refused() + " evicted=" + stats.evicted() + " failed=" + stats.failed() + " cache="
                + folder.path();
    }
}
