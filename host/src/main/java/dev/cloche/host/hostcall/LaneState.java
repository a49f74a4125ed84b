package dev.cloche.host.hostcall;

/// Which lane an extension's hostcalls take, and why.
///
/// @param reasonCode a short word for why, for example `default`, `overload`, or what an operator gave
/// @param triggeredBy `user`, `host`, `policy` or `api`
/// @param sinceMillis since when, in milliseconds of the epoch
public record LaneState(LaneKind lane, String reasonCode, String triggeredBy, long sinceMillis) {}
