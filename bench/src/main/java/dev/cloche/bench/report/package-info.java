/// What was measured, what it is held against, and how that is shown.
@NullMarked
package dev.cloche.bench.report;

import org.jspecify.annotations.NullMarked;
