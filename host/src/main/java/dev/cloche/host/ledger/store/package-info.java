/// The ledger in the home's database: the chain of rows, and the rows of denied hostcalls.
@NullMarked
package dev.cloche.host.ledger.store;

import org.jspecify.annotations.NullMarked;
