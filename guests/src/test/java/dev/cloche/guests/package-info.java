/// Tests that run the example extensions on a host, through its public API only.
@NullMarked
package dev.cloche.guests;

import org.jspecify.annotations.NullMarked;
