/// What hostcalls reach: log, key-value store, HTTP, clock, random source.
@NullMarked
package dev.cloche.host.service;

import org.jspecify.annotations.NullMarked;
