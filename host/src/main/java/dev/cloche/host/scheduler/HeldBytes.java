package dev.cloche.host.scheduler;

/// Is told how much a scheduler holds for its script: outcomes, chunks and events from their arrival to their delivery.
public interface HeldBytes {
    /// Counts nothing.
    HeldBytes UNCOUNTED = new HeldBytes() {
        @Override
        public void hold(long bytes) {}

        @Override
        public void drop(long bytes) {}
    };

    /// So much more is held. Any thread may call this.
    void hold(long bytes);

    /// So much less is held. On the thread that steps the isolate. What comes too late to be told of is not dropped
    /// here: whoever counts begins anew after each call.
    void drop(long bytes);
}
