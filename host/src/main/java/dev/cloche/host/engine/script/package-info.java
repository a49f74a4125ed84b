/// JavaScript guests that speak `script_v1`, run by QuickJS inside an isolate.
@NullMarked
package dev.cloche.host.engine.script;

import org.jspecify.annotations.NullMarked;
