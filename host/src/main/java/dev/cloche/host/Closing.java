package dev.cloche.host;

import java.util.List;

/// The end of things that are to be closed one after the other.
final class Closing {
    private Closing() {}

    /// Closes each, whatever becomes of the others, and throws the first failure at the end.
    static void all(List<Runnable> parts) {
        RuntimeException first = null;
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
