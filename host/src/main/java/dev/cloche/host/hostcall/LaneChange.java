package dev.cloche.host.hostcall;

/// An extension's hostcalls have gone over to another lane.
///
/// @param extension its id
/// @param from what held before
/// @param to what holds now
public record LaneChange(String extension, LaneState from, LaneState to) {}
