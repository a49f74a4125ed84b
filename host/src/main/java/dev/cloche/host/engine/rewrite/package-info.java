/// Rewriting WebAssembly before it is compiled: a small model of a module, and the passes over it. Knows nothing
/// of the engine, so that the build can run it as well.
@NullMarked
package dev.cloche.host.engine.rewrite;

import org.jspecify.annotations.NullMarked;
