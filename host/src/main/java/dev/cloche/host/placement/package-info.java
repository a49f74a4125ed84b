/// Where work runs: the machine's nodes and processors, which of them a shard gets, and pinning a thread to one.
@NullMarked
package dev.cloche.host.placement;

import org.jspecify.annotations.NullMarked;
