/// Which capabilities an extension has, and the rule that decided.
@NullMarked
package dev.cloche.host.policy;

import org.jspecify.annotations.NullMarked;
