package dev.cloche.host.engine.memory;

/// Binds memory to nodes.
@FunctionalInterface
interface NodeBinder {
    /// Has the pages of a range, from now on, come from one node.
    ///
    /// @return zero, or why the system refused it: its `errno`
    int bind(long address, long bytes, int node);
}
