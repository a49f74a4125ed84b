package dev.cloche.cli;

/// A command whose result can be one JSON object, whatever came of it: also if it ended before there was a reply.
interface JsonReplies {
    /// Whether the command line asks for the object.
    boolean inJson();
}
