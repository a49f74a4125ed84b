package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;

/// `block`, `loop` or `if`: nested code, and the label that branches name. Its identity is the label.
public final class Block implements Node {

    public enum Kind {
        BLOCK,
        LOOP,
        IF
    }

    private final Kind kind;
    private final Signature type;
    private final List<List<Node>> arms = new ArrayList<>(2);

    public Block(Kind kind, Signature type) {
        this.kind = kind;
        this.type = type;
        arms.add(new ArrayList<>());
    }

    /// A block that takes nothing and gives nothing.
    static Block plain() {
        return new Block(Kind.BLOCK, Signature.NONE);
    }

    public Kind kind() {
        return kind;
    }

    public Signature type() {
        return type;
    }

    /// Its code, to be changed in place; of an `if` what runs when the condition holds.
    public List<Node> body() {
        return arms.getFirst();
    }

    /// Lists of code in it: one, or two for an `if` with an `else`.
    public List<List<Node>> arms() {
        return arms;
    }

    /// Adds the `else` of an `if`.
    List<Node> otherwise() {
        if (kind != Kind.IF || arms.size() > 1) {
            throw new IllegalStateException("only an if has an else, and one, kind=" + kind);
        }
        arms.add(new ArrayList<>());
        return arms.getLast();
    }

    /// What a branch to the label carries.
    public List<ValueType> labelTypes() {
        return kind == Kind.LOOP ? type.params() : type.results();
    }

    @Override
    public int pops() {
        return type.params().size() + (kind == Kind.IF ? 1 : 0);
    }

    @Override
    public int pushes() {
        return type.results().size();
    }
}
