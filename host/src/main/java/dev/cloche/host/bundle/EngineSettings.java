package dev.cloche.host.bundle;

/// What a manifest says of how its code is made to run.
///
/// @param snapshot whether isolates are made from a snapshot of the first one
/// @param split whether functions too large for the JVM's compiler are split
public record EngineSettings(boolean snapshot, boolean split) {
    public static final EngineSettings DEFAULT = new EngineSettings(true, true);
}
