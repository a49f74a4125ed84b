/// Carries work from isolates to threads of the host: shards with bounded lanes.
@NullMarked
package dev.cloche.host.reactor;

import org.jspecify.annotations.NullMarked;
