package dev.cloche.host.service;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// What a process writes, up to a bound. One thread of its own reads; others may look at any time.
final class ProcessOutput {
    /// How much is kept of each of the two streams.
    static final int BYTES_MAX = 1 << 20;

    /// How much more is read and thrown away, so that the process can go on; then it finds the stream closed.
    static final long PASSED_BYTES_MAX = 64L << 20;

    private static final int CHUNK_BYTES = 16 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean truncated;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /// Reads until the stream ends; to be run on a thread of its own, which it may hold for as long as any process has
    /// the other end open.
    void read(InputStream stream) {
        try (stream) {
            byte[] chunk = new byte[CHUNK_BYTES];
            long passed = 0;
            int count = stream.read(chunk);
            while (count >= 0 && passed < PASSED_BYTES_MAX) {
                passed += keep(chunk, count);
                count = stream.read(chunk);
            }
        } catch (IOException _) {
            // The process is gone, and what it wrote until then is there.
        } finally {
            ended.complete(null);
        }
    }

    /// Answers how many bytes were not kept.
    private int keep(byte[] chunk, int count) {
        lock.lock();
        try {
            int room = Math.min(count, BYTES_MAX - kept.size());
            kept.write(chunk, 0, room);
            truncated |= room < count;
            return count - room;
        } finally {
            lock.unlock();
        }
    }

    /// Completes when the stream has ended.
    CompletableFuture<Void> ended() {
        return ended;
    }

    /// The text so far; bytes that are no UTF-8 become U+FFFD.
    String text() {
        lock.lock();
        try {
            return kept.toString(StandardCharsets.UTF_8);
        } finally {
            lock.unlock();
        }
    }

    boolean truncated() {
        lock.lock();
        try {
            return truncated;
        } finally {
            lock.unlock();
        }
    }
}
