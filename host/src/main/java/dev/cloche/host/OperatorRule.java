package dev.cloche.host;

import dev.cloche.host.bundle.Capability;
import java.time.Instant;

/// What an operator has said about one capability, and keeps in the home.
///
/// @param extension an extension's id, or [HostConfig#EVERY_EXTENSION]
/// @param allow whether it is allowed rather than denied
/// @param capability without parameters, all of it
/// @param since when it was said
public record OperatorRule(String extension, boolean allow, Capability capability, Instant since) {}
