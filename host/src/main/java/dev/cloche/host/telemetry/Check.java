package dev.cloche.host.telemetry;

import java.util.List;

/// A check of the doctor: looks at one area and says what it found. Must not change anything and must not throw.
@FunctionalInterface
public interface Check {
    List<Finding> run();
}
