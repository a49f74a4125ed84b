package dev.cloche.host.service;

import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A path as guests write it: names with `/` between them, from the host's folder for files on. It has one meaning: no
/// name stands for another place.
///
/// @param text as it was written; empty for the folder itself
record FilePath(String text, List<String> names) {
    static final int BYTES_MAX = 1_024;
    static final int NAME_BYTES_MAX = 255;
    static final int DEPTH_MAX = 32;

    /// What names of the host's own begin with. No guest sees or names such a file.
    static final String RESERVED = ".cloche-";

    /// @throws InvalidRequestException if it is no path, or the folder itself
    static FilePath of(String op, String field, String text) {
        List<String> names = List.of(text.split("/", -1));
        if (names.size() > DEPTH_MAX) {
            throw wrong(op, field, "must have at most " + DEPTH_MAX + " names", text);
        }
        for (String name : names) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw wrong(op, field, "must be a relative path without empty names, \".\" and \"..\"", text);
            }
            if (name.indexOf('\\') >= 0 || name.chars().anyMatch(Character::isISOControl)) {
                throw wrong(op, field, "must not contain control characters or backslashes", text);
            }
            if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
                throw wrong(op, field, "must have names of at most " + NAME_BYTES_MAX + " bytes", text);
            }
            if (name.startsWith(RESERVED)) {
                throw wrong(op, field, "must not have names that begin with " + RESERVED, text);
            }
        }
        return new FilePath(text, names);
    }

    /// Does what [#of] does; an empty text is the folder itself.
    static FilePath orRoot(String op, String field, String text) {
        return text.isEmpty() ? new FilePath("", List.of()) : of(op, field, text);
    }

    private static InvalidRequestException wrong(String op, String field, String what, String text) {
        return new InvalidRequestException(
                op + ": the field " + what + ", field=" + field + " value=" + JsonRequest.shown(text));
    }

    boolean isRoot() {
        return names.isEmpty();
    }

    /// The names of the folder that it lies in.
    List<String> folder() {
        return names.subList(0, names.size() - 1);
    }

    String name() {
        return names.getLast();
    }

    /// The path of something in this folder.
    String child(String name) {
        return isRoot() ? name : text + "/" + name;
    }

    /// Whether another path leads into the folder that this one names.
    boolean leadsTo(FilePath other) {
        return other.text.startsWith(text + "/");
    }
}
