/// Installed bundles: their modules, pools, hooks and tools.
@NullMarked
package dev.cloche.host.extension;

import org.jspecify.annotations.NullMarked;
