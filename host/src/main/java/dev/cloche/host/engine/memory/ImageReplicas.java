package dev.cloche.host.engine.memory;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The files of one image, one for each node it is mapped on. Safe for use by many threads.
///
/// The system keeps the binding of a private mapping of such a file with the file, and copies of its pages go where the
/// file's do: mapped on two nodes, one file would have all memories go to the node that was bound last.
final class ImageReplicas {
    private static final int NONE = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final ForeignImage image;
    private final Slabs slabs;

    /// By node. The first node to ask has the image's own.
    private final Map<Integer, Integer> files = new HashMap<>();

    ImageReplicas(ForeignImage image, Slabs slabs) {
        this.image = image;
        this.slabs = slabs;
    }

    /// @return -1 if there is none and the system refuses to make one
    int fileOn(int node) {
        lock.lock();
        try {
            Integer known = files.get(node);
            if (known != null) {
                return known;
            }
            int file = files.isEmpty() ? image.file() : copy(node);
            if (file != NONE) {
                files.put(node, file);
            }
            return file;
        } finally {
            lock.unlock();
        }
    }

    private int copy(int node) {
        try {
            int file = Posix.memoryFile(ForeignImage.FILE_NAME, slabs.fileBytes(image.length()));
            boolean done = false;
            try {
                fill(file, node);
                Posix.seal(file);
                done = true;
                return file;
            } finally {
                if (!done) {
                    Posix.close(file);
                }
            }
        } catch (MemoryRefusedException _) {
            return NONE;
        }
    }

    /// Bound before it is written to, so that its pages are the node's.
    private void fill(int file, int node) {
        long bytes = slabs.fileBytes(image.length());
        long mapped = Posix.mapToRead(bytes, file);
        try {
            slabs.bind(mapped, bytes, node);
            long from = image.address();
            NonZeroPages.forEach(
                    from, image.length(), (start, end) -> Posix.write(file, start, end - start, start - from));
        } finally {
            Posix.unmap(mapped, bytes);
        }
    }

    /// Closes the copies; the image closes its own file.
    void close() {
        lock.lock();
        try {
            files.values().stream().filter(file -> file != image.file()).forEach(Posix::close);
            files.clear();
        } finally {
            lock.unlock();
        }
    }
}
