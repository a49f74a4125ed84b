/// What the ledger of a home tells: its rows, its head, and what verifying it came to.
@NullMarked
package dev.cloche.host.ledger;

import org.jspecify.annotations.NullMarked;
