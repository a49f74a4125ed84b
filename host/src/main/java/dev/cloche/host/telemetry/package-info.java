/// What a host tells about itself: log lines of its extensions, the doctor's findings.
@NullMarked
package dev.cloche.host.telemetry;

import org.jspecify.annotations.NullMarked;
