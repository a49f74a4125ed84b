package dev.cloche.host.engine.rewrite;

/// What came of turning a function's bytes into a tree.
public sealed interface Decoded {

    /// @param body the tree, to be changed by whoever asked for it
    record Tree(Body body) implements Decoded {}

    /// The function stays as it is.
    ///
    /// @param reason what in it the model does not know
    record Opaque(String reason) implements Decoded {}
}
