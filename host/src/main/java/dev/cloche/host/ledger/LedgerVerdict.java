package dev.cloche.host.ledger;

import java.util.Objects;

/// What verifying the ledger came to.
public sealed interface LedgerVerdict {

    /// Every row is what was written, none is missing before the last one, and the expected head, if one was named, is
    /// among them.
    record Intact(LedgerHead head) implements LedgerVerdict {
        public Intact {
            Objects.requireNonNull(head, "head");
        }
    }

    /// A row is not what was written, or rows before it are missing.
    ///
    /// @param sequence of the first such row
    /// @param what is wrong with it
    record Broken(long sequence, String what) implements LedgerVerdict {
        public Broken {
            Objects.requireNonNull(what, "what");
        }
    }

    /// The rows fit together, but the expected head is not among them: rows at the end were cut off, or all were
    /// written anew.
    record Cut(LedgerHead head, String expected) implements LedgerVerdict {
        public Cut {
            Objects.requireNonNull(head, "head");
            Objects.requireNonNull(expected, "expected");
        }
    }
}
