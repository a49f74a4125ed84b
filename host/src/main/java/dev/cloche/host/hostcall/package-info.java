/// Guest to host: operations, their outcomes, and the lane that carries them past policy and quota.
@NullMarked
package dev.cloche.host.hostcall;

import org.jspecify.annotations.NullMarked;
