package dev.cloche.host.engine.rewrite;

import java.util.List;

/// A place in a function where fuel is charged for all code that runs whenever this place is passed.
final class Charge {
    /// Where the charge stands: in front of the node at this index.
    final List<Node> list;

    final int at;

    /// Whether to look here if the slice is used up.
    final boolean checks;

    /// Whether the fuel is at hand in a local here.
    final boolean handy;

    private long units;

    Charge(List<Node> list, int at, boolean checks, boolean handy) {
        this.list = list;
        this.at = at;
        this.checks = checks;
        this.handy = handy;
    }

    long units() {
        return units;
    }

    void add(long more) {
        units += more;
    }

    /// What both of two ways cost is charged before they part.
    void takeCommon(Charge one, Charge other) {
        long common = Math.min(one.units, other.units);
        units += common;
        one.units -= common;
        other.units -= common;
    }
}
