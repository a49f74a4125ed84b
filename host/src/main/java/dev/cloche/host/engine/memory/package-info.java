/// Linear memories of guests: foreign memory that the system maps, heap arrays where it cannot, and images of both.
@NullMarked
package dev.cloche.host.engine.memory;

import org.jspecify.annotations.NullMarked;
