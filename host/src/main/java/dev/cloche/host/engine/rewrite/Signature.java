package dev.cloche.host.engine.rewrite;

import java.util.List;

/// What is taken and what is given: the type of a function, of a block, of an instruction.
public record Signature(List<ValueType> params, List<ValueType> results) {
    public static final Signature NONE = new Signature(List.of(), List.of());

    public Signature {
        params = List.copyOf(params);
        results = List.copyOf(results);
    }
}
