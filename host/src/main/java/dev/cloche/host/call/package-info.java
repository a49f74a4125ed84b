/// What a caller says and hears: a [Call] names an extension and an [Entry]; a [Reply] says how it went.
@NullMarked
package dev.cloche.host.call;

import org.jspecify.annotations.NullMarked;
