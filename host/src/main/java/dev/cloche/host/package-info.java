/// The embedder's entrance: a host is opened from its configuration, takes bundles and answers calls.
@NullMarked
package dev.cloche.host;

import org.jspecify.annotations.NullMarked;
