/// Bundles: the manifest and the code of an extension, read, checked and identified by digest.
@NullMarked
package dev.cloche.host.bundle;

import org.jspecify.annotations.NullMarked;
