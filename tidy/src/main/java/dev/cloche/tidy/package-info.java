/// The house rules as tests over the repository's own files, and the formatter that mends what one of them finds.
@NullMarked
package dev.cloche.tidy;

import org.jspecify.annotations.NullMarked;
