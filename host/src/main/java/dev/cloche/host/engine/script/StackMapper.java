package dev.cloche.host.engine.script;

import dev.cloche.host.call.Payload;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Rewrites the stack text of a script's error so that it points to the author's own lines.
///
/// A file's map is the one that its comment `//# sourceMappingURL=` names (a path in the bundle, or a data URL in
/// base64), else the file of the same name with `.map` added. It is read when a stack first names the file, and kept.
/// Frames of the host's own scripts are dropped, names of functions stay. The text is the guest's to forge, so it is
/// bounded and taken for no more than text. Safe for use by many threads.
final class StackMapper {
    /// What the names of the host's own scripts begin with.
    static final String HOST_FILE_PREFIX = "cloche:";

    /// The file name of the script that sets a guest's world up.
    static final String PRELUDE = HOST_FILE_PREFIX + "prelude";

    static final int LINES_MAX = 100;
    static final int LINE_CHARS_MAX = 2_000;

    private static final String COMMENT = "//# sourceMappingURL=";
    private static final String DATA_SCHEME = "data:";
    private static final String BASE64_MARK = ";base64,";

    private final Function<String, Optional<Payload>> files;
    private final Map<String, MappedScript> scripts = new ConcurrentHashMap<>();

    /// A mapper for the scripts of one bundle.
    ///
    /// @param files the bundle's files by path
    StackMapper(Function<String, Optional<Payload>> files) {
        this.files = files;
    }

    /// A script's map and what its columns mean.
    private record MappedScript(String path, SourceMap map, ScriptColumns columns) {}

    /// The stack, mapped: a line a frame, and a note for each map that could not be used.
    String map(String stack) {
        var lines = stack.lines().limit(LINES_MAX + 1L).toList();
        var notes = new LinkedHashMap<String, String>();
        var mapped = new StringBuilder();
        for (String line : lines.subList(0, Math.min(lines.size(), LINES_MAX))) {
            String shown = mapLine(bounded(line), notes);
            if (!shown.isBlank()) {
                mapped.append(shown).append('\n');
            }
        }
        if (lines.size() > LINES_MAX) {
            mapped.append("    ... (more than ").append(LINES_MAX).append(" lines)\n");
        }
        notes.forEach((file, problem) -> mapped.append("    (the source map of ")
                .append(file)
                .append(" is of no use: ")
                .append(problem)
                .append(")\n"));
        return mapped.toString().stripTrailing();
    }

    private static String bounded(String line) {
        return line.length() <= LINE_CHARS_MAX ? line : line.substring(0, LINE_CHARS_MAX) + "...";
    }

    private String mapLine(String line, Map<String, String> notes) {
        var frame = ScriptFrame.parse(
                line,
                file -> file.startsWith(HOST_FILE_PREFIX) || files.apply(file).isPresent());
        if (frame.isEmpty()) {
            return line;
        }
        if (frame.get().file().startsWith(HOST_FILE_PREFIX)) {
            return "";
        }
        return mapFrame(frame.get(), notes).toString();
    }

    private ScriptFrame mapFrame(ScriptFrame frame, Map<String, String> notes) {
        var script = scripts.computeIfAbsent(frame.file(), this::load);
        script.map().problem().ifPresent(problem -> notes.put(frame.file(), problem));
        int column = script.columns().utf16(frame.line(), frame.column());
        return script.map()
                .find(frame.line(), column)
                .map(position ->
                        frame.at(resolve(script.path(), position.source()), position.line(), position.column()))
                .orElseGet(() -> frame.at(frame.file(), frame.line(), column));
    }

    private MappedScript load(String file) {
        byte[] script = files.apply(file).orElse(Payload.EMPTY).unsafeBytes();
        var columns = ScriptColumns.of(script);
        String url = mappingUrl(script);
        if (url.startsWith(DATA_SCHEME)) {
            return new MappedScript(file, embedded(url), columns);
        }
        String named = url.isEmpty() ? file + ".map" : resolve(file, url);
        for (String path : List.of(named, decoded(named), file + ".map")) {
            var map = files.apply(path);
            if (map.isPresent()) {
                return new MappedScript(path, SourceMap.parse(map.get()), columns);
            }
        }
        return new MappedScript(file, url.isEmpty() ? SourceMap.EMPTY : missing(url), columns);
    }

    private static SourceMap missing(String url) {
        return SourceMap.unusable("the bundle has no such file, url=" + bounded(url));
    }

    /// What the last mapping comment of a script says; empty if there is none.
    private static String mappingUrl(byte[] script) {
        // Read as Latin-1, so that a large script is not decoded for the sake of its last line.
        String text = new String(script, StandardCharsets.ISO_8859_1);
        int comment = text.lastIndexOf(COMMENT);
        if (comment < 0) {
            return "";
        }
        int end = comment + COMMENT.length();
        while (end < text.length() && text.charAt(end) > ' ') {
            end++;
        }
        String url = text.substring(comment + COMMENT.length(), end);
        boolean quoted = url.indexOf('"') >= 0 || url.indexOf('\'') >= 0 || url.indexOf('`') >= 0;
        return quoted ? "" : new String(url.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static SourceMap embedded(String url) {
        int mark = url.indexOf(BASE64_MARK);
        if (mark < 0) {
            return SourceMap.unusable("its data URL is not in base64");
        }
        try {
            return SourceMap.parse(
                    Payload.wrap(Base64.getDecoder().decode(url.substring(mark + BASE64_MARK.length()))));
        } catch (IllegalArgumentException e) {
            return SourceMap.unusable("its data URL is not in base64");
        }
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    /// A path as seen from the file at `base`. One that leads out of the bundle keeps its leading `..`, as an author's
    /// sources often lie beside the bundle; URLs and absolute paths stay.
    private static String resolve(String base, String path) {
        if (path.startsWith("/") || path.contains("://")) {
            return path;
        }
        var names = new ArrayDeque<String>();
        for (String name : (base.substring(0, base.lastIndexOf('/') + 1) + path).split("/", -1)) {
            if (name.equals("..") && !names.isEmpty() && !names.getLast().equals("..")) {
                names.removeLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return String.join("/", names);
    }
}
