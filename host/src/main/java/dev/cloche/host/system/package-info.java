/// The operating system below Java: functions of the C library in one shape, and the files it tells about itself with.
@NullMarked
package dev.cloche.host.system;

import org.jspecify.annotations.NullMarked;
