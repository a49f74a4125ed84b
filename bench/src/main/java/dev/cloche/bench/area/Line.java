package dev.cloche.bench.area;

import dev.cloche.bench.report.Part;

/// One line of an area's list: something that is measured in one go and gives a few rows of the table.
public interface Line {
    /// A short name that it can be picked by.
    String id();

    /// Whether `--quick` measures it.
    boolean quick();

    /// Measures it.
    ///
    /// @throws Exception if that cannot be done; the table says so and the other lines are measured all the same
    Part measure(Effort effort) throws Exception;
}
