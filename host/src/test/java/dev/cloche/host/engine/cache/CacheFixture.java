package dev.cloche.host.engine.cache;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/// A cache on a folder of the test, with a clock and a file system that the test can bend. Remembers what is logged.
final class CacheFixture implements AutoCloseable {
    /// Room for more than any test puts unless it says otherwise.
    private static final long BYTES_MAX = 1 << 20;

    private final Logger logger = (Logger) LoggerFactory.getLogger(ContentCache.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final MovableClock clock = new MovableClock();
    private final FaultyFiles files = new FaultyFiles();
    private final Path folder;
    private ContentCache cache;

    CacheFixture(Path folder) {
        this.folder = folder;
        this.cache = open(BYTES_MAX);
        log.start();
        // Hundreds of warnings that are meant to be.
        logger.setAdditive(false);
        logger.addAppender(log);
    }

    private ContentCache open(long bytesMax) {
        return new ContentCache(new CacheFolder(folder, null, files, clock), files, bytesMax, clock);
    }

    /// Goes on with a cache that has forgotten everything that is not in the folder.
    void reopen(long bytesMax) {
        cache = open(bytesMax);
    }

    ContentCache cache() {
        return cache;
    }

    MovableClock clock() {
        return clock;
    }

    FaultyFiles files() {
        return files;
    }

    Path folder() {
        return folder;
    }

    Path file(CacheKey key) {
        return folder.resolve(key.fileName());
    }

    static CacheKey key(String code) {
        return CacheKey.of(CacheKind.CLASSES).with("code", code).with("engine", "test-1");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    boolean put(CacheKey key, String content) {
        return cache.put(key, out -> out.write(bytes(content)));
    }

    /// The content of an entry, `-` if there is none.
    String get(CacheKey key) {
        try (CacheEntry entry = cache.get(key).orElse(null)) {
            return entry == null ? "-" : new String(entry.bytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The names of the files that end so.
    List<String> names(String suffix) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(suffix))
                    .toList();
        }
    }

    /// Warnings since the last time.
    List<String> warnings() {
        List<String> found = List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
        log.list.clear();
        return found;
    }

    @Override
    public void close() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }
}
