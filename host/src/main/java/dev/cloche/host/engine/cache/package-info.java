/// What a host has made once and need not make again, on disk and named by what it was made from. Knows neither the
/// engine nor what the bytes mean.
@NullMarked
package dev.cloche.host.engine.cache;

import org.jspecify.annotations.NullMarked;
