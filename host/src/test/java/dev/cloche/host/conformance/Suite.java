package dev.cloche.host.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The scripts of one or more folders, converted if need be.
///
/// @param converter which converter was used, or that none was
/// @param unconverted what the converter could not read, and what it said
record Suite(List<Script> scripts, String converter, Map<String, String> unconverted) {
    private static final int FILES_MAX = 10_000;
    private static final String JSON = ".json";
    private static final String WAST = ".wast";

    Suite {
        scripts = List.copyOf(scripts);
        unconverted = Collections.unmodifiableMap(new TreeMap<>(unconverted));
    }

    /// Reads the folders of the suite. One with `*.json` is taken as converted; one with `*.wast` alone is converted.
    ///
    /// @param folders the first is the suite's root; scripts of others are named by their way from there
    /// @param converted where conversions are written
    /// @param only which scripts are wanted
    /// @throws ConformanceException if something is missing, with what and how to get it
    static Suite read(List<Path> folders, Path converted, Wast2Json converter, Pattern only) {
        List<Script> scripts = new ArrayList<>();
        Map<String, String> unconverted = new HashMap<>();
        String used = "converted before";
        for (Path folder : folders) {
            List<Path> files = files(folder, JSON);
            if (files.isEmpty()) {
                used = version(folder, converter);
                files = convert(folder, folders.getFirst(), converted, converter, only, unconverted);
            }
            for (Path json : files) {
                String name = name(folders.getFirst(), folder, stem(json, JSON));
                if (only.matcher(name).find()) {
                    scripts.add(Script.read(json, name));
                }
            }
        }
        if (scripts.isEmpty()) {
            throw new ConformanceException("no script is left to run, only=" + only + ", folders=" + folders);
        }
        return new Suite(scripts, used, unconverted);
    }

    private static String version(Path folder, Wast2Json converter) {
        if (files(folder, WAST).isEmpty()) {
            throw new ConformanceException("the folder has neither *.json (a converted suite) nor *.wast (its source); "
                    + "docs/conformance.md says how to get the suite, folder=" + folder);
        }
        return converter
                .version()
                .map("wast2json "::concat)
                .orElseThrow(() -> new ConformanceException("the folder has *.wast, but wast2json is not on the path;"
                        + " install wabt (Debian, Ubuntu: apt-get install wabt; macOS: brew install wabt) or"
                        + " convert the folder elsewhere and name the one with *.json, folder=" + folder));
    }

    private static List<Path> convert(
            Path folder, Path root, Path converted, Wast2Json converter, Pattern only, Map<String, String> failed) {
        List<Path> jsons = new ArrayList<>();
        for (Path wast : files(folder, WAST)) {
            String name = name(root, folder, stem(wast, WAST));
            if (!only.matcher(name).find()) {
                continue;
            }
            Path json = converted.resolve(name + JSON);
            Optional<String> problem = converter.convert(wast, createParent(json));
            problem.ifPresent(message -> failed.put(name, message));
            if (problem.isEmpty()) {
                jsons.add(json);
            }
        }
        return jsons;
    }

    private static List<Path> files(Path folder, String ending) {
        if (!Files.isDirectory(folder)) {
            throw new ConformanceException(
                    "no such folder; docs/conformance.md says how to get the suite, folder=" + folder);
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .limit(FILES_MAX + 1L)
                    .toList();
            if (files.size() > FILES_MAX) {
                throw new ConformanceException("too many files, folder=" + folder + ", max=" + FILES_MAX);
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path createParent(Path json) {
        try {
            Files.createDirectories(json.getParent());
            return json;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path root, Path folder, String stem) {
        if (folder.equals(root)) {
            return stem;
        }
        Path below = folder.startsWith(root) ? root.relativize(folder) : folder.getFileName();
        return below.toString().replace('\\', '/') + "/" + stem;
    }

    private static String stem(Path file, String ending) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ending.length());
    }
}
