/// Runs the WebAssembly core test suite through every way in which a module can come to run here, and compares them.
@NullMarked
package dev.cloche.host.conformance;

import org.jspecify.annotations.NullMarked;
