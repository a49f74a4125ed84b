package dev.cloche.host.hostcall;

/// How far a hostcall has come on the calling thread: it has its outcome, or is waited for.
public sealed interface Progress permits Outcome, Waiting {}
