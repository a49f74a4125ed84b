package dev.cloche.host;

import java.time.Instant;

/// Which lane an extension's hostcalls take.
///
/// @param extension its id
/// @param lane `fast` or `compat`
/// @param reasonCode why, in one word: `default`, `settings`, `overload`, `option.all`, or what an operator gave
/// @param triggeredBy `user`, `host`, `policy` or `api`
/// @param since since when
public record LaneStatus(String extension, String lane, String reasonCode, String triggeredBy, Instant since) {}
