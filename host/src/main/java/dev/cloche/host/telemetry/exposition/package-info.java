/// Metrics as text. Nothing here is needed, or loaded, before somebody asks for metrics.
@NullMarked
package dev.cloche.host.telemetry.exposition;

import org.jspecify.annotations.NullMarked;
