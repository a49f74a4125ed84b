package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.LinearMemory.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// An image in an anonymous file in memory, which stamped memories map privately. The file is sealed, so that nothing
/// can change what they see; pages of zeros are holes in it.
final class ForeignImage extends MemoryImage {
    /// What such files are called where the system lists them.
    static final String FILE_NAME = "cloche-image";

    private final ForeignHome home;
    private final int file;

    /// Where the file is mapped to be read; 0 where it is empty.
    private final long address;

    private final HotPages hotPages = new HotPages();

    /// Null where there is one node to map it on.
    private final @Nullable ImageReplicas replicas;

    private ForeignImage(ForeignHome home, int file, long address, State state) {
        super(state, home.counters());
        this.home = home;
        this.file = file;
        this.address = address;
        Slabs slabs = home.slabs();
        this.replicas = slabs == null || slabs.count() < 2 ? null : new ImageReplicas(this, slabs);
    }

    /// Takes over a file that has been filled; closes it if that fails.
    static ForeignImage seal(ForeignHome home, int file, State state) {
        boolean made = false;
        try {
            home.mappings().take(1);
            try {
                Posix.seal(file);
                long address = state.length() == 0 ? 0 : Posix.mapToRead(state.length(), file);
                made = true;
                return new ForeignImage(home, file, address, state);
            } finally {
                if (!made) {
                    home.mappings().giveBack(1);
                }
            }
        } finally {
            if (!made) {
                Posix.close(file);
            }
        }
    }

    int file() {
        return file;
    }

    /// A file of the same content that belongs to one node; -1 if it cannot be had.
    int fileOn(int node) {
        return replicas == null ? file : replicas.fileOn(node);
    }

    long address() {
        return address;
    }

    HotPages hotPages() {
        return hotPages;
    }

    @Override
    void load(long position, byte[] target, int size) {
        MemorySegment.copy(Posix.ALL, ValueLayout.JAVA_BYTE, address + position, target, 0, size);
    }

    @Override
    LinearMemory stamp(Shape shape) {
        return ForeignMemory.stamp(home, shape, this);
    }

    @Override
    void free() {
        home.forget(this);
        if (replicas != null) {
            replicas.close();
        }
        if (length() > 0) {
            Posix.unmap(address, length());
        }
        home.mappings().giveBack(1);
        Posix.close(file);
    }

    /// An image that is being read, by one thread.
    static final class Target implements StoredImage.Target {
        private final ForeignHome home;
        private final State state;
        private final int file;

        Target(ForeignHome home, State state) {
            this.home = home;
            this.state = state;
            this.file = Posix.memoryFile(FILE_NAME, home.fileBytes(state.length()));
        }

        @Override
        public void put(long position, byte[] content, int size) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment copy = arena.allocate(size);
                MemorySegment.copy(content, 0, copy, ValueLayout.JAVA_BYTE, 0, size);
                Posix.write(file, copy.address(), size, position);
            }
        }

        @Override
        public MemoryImage finish() {
            return seal(home, file, state);
        }

        @Override
        public void abandon() {
            Posix.close(file);
        }
    }
}
