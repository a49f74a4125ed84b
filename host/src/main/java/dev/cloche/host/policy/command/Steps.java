package dev.cloche.host.policy.command;

/// The work that one classification may still do.
final class Steps {
    private final int max;
    private int used;

    Steps(int max) {
        this.max = max;
    }

    /// Takes so many; false if there are not so many left, and for ever after.
    boolean take(int count) {
        if (count > max - used) {
            used = max;
            return false;
        }
        used += count;
        return true;
    }

    int used() {
        return used;
    }
}
