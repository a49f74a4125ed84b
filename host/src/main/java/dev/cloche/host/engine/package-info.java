/// Modules and isolates, independent of the guest's language.
@NullMarked
package dev.cloche.host.engine;

import org.jspecify.annotations.NullMarked;
