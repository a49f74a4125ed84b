package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.LinearMemory.Shape;

/// An image in an array of the Java heap; every stamp and every reset copies all of it.
final class HeapImage extends MemoryImage {
    private final byte[] content;

    HeapImage(byte[] content, State state, MemoryCounters counters) {
        super(state, counters);
        this.content = content;
    }

    byte[] content() {
        return content;
    }

    @Override
    void load(long position, byte[] target, int size) {
        System.arraycopy(content, (int) position, target, 0, size);
    }

    @Override
    LinearMemory stamp(Shape shape) {
        return new HeapMemory(shape, this, counters());
    }

    @Override
    void free() {}

    /// An image that is being read.
    static final class Target implements StoredImage.Target {
        private final byte[] content;
        private final State state;
        private final MemoryCounters counters;

        Target(State state, MemoryCounters counters) {
            this.content = new byte[(int) state.length()];
            this.state = state;
            this.counters = counters;
        }

        @Override
        public void put(long position, byte[] source, int size) {
            System.arraycopy(source, 0, content, (int) position, size);
        }

        @Override
        public MemoryImage finish() {
            return new HeapImage(content, state, counters);
        }

        @Override
        public void abandon() {}
    }
}
