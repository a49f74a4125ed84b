/// The immutable context of one call.
@NullMarked
package dev.cloche.host.frame;

import org.jspecify.annotations.NullMarked;
