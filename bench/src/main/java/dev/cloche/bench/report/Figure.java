package dev.cloche.bench.report;

import java.util.Objects;

/// One result: of Cloche, or of what stands beside it.
public sealed interface Figure {
    /// What it is a figure of, as it stands in the table: empty for Cloche as it is by default.
    String label();

    /// The figure as a person reads it, without the label.
    String text();

    /// Measured many times.
    record Spread(String label, Samples samples, Unit unit) implements Figure {
        public Spread {
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(samples, "samples");
            Objects.requireNonNull(unit, "unit");
        }

        @Override
        public String text() {
            return unit.text(samples.median()) + ", p95 " + unit.text(samples.p95());
        }
    }

    /// Computed from others, or measured once.
    record Single(String label, double value, Unit unit) implements Figure {
        public Single {
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(unit, "unit");
        }

        @Override
        public String text() {
            return unit.text(value);
        }
    }

    /// Not to be had on this machine.
    record Missing(String label, String reason) implements Figure {
        public Missing {
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public String text() {
            return "not measured: " + reason;
        }
    }
}
