/// WebAssembly guests that speak `cloche_v1`.
@NullMarked
package dev.cloche.host.engine.wasm;

import org.jspecify.annotations.NullMarked;
