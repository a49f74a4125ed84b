package dev.cloche.host.engine;

import java.time.Clock;
import java.util.Random;
import java.util.function.LongSupplier;

/// Where guests and deadlines get time and randomness from: the only sources there are.
///
/// @param wall what guests read as the time of day
/// @param nanoClock monotonic, in nanoseconds; deadlines are on it
/// @param random what guests draw from; must be fit for cryptography in production and safe for many threads
public record EngineClocks(Clock wall, LongSupplier nanoClock, Random random) {}
