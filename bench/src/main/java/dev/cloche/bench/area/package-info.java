/// What an area of benchmarks is made of.
@NullMarked
package dev.cloche.bench.area;

import org.jspecify.annotations.NullMarked;
