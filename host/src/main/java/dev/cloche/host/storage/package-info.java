/// The home folder: its lock and its SQLite database.
@NullMarked
package dev.cloche.host.storage;

import org.jspecify.annotations.NullMarked;
