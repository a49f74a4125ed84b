/// From a WebAssembly module to the JVM classes that run it.
@NullMarked
package dev.cloche.host.engine.compile;

import org.jspecify.annotations.NullMarked;
