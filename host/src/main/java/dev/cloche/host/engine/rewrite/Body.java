package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;

/// The code of one function as a tree. Code that can never run is left out of it.
public final class Body {
    private final Signature type;
    private final List<ValueType> locals;
    private final Block root;

    /// @param locals the parameters and, behind them, the other locals
    Body(Signature type, List<ValueType> locals, Block root) {
        this.type = type;
        this.locals = new ArrayList<>(locals);
        this.root = root;
    }

    public Signature type() {
        return type;
    }

    /// The types of its locals, parameters first, to be added to.
    public List<ValueType> locals() {
        return locals;
    }

    /// The block that the function is: a branch to it returns.
    public Block root() {
        return root;
    }
}
