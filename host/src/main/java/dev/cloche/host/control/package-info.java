/// How a live host is spoken to: JSON lines over a Unix domain socket that is its owner's alone.
@NullMarked
package dev.cloche.host.control;

import org.jspecify.annotations.NullMarked;
