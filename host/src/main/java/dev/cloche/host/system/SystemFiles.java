package dev.cloche.host.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The files that the system tells about itself with, below a root: `/`, or a folder that a test has filled.
///
/// What cannot be read is absent, whatever the reason.
public record SystemFiles(Path root) {
    /// The real ones.
    public static final SystemFiles OWN = new SystemFiles(Path.of("/"));

    /// Read of one file; what is beyond is not looked at.
    public static final int FILE_BYTES_MAX = 1 << 16;

    /// Entries looked at in one folder.
    static final int ENTRIES_MAX = 1 << 16;

    private static final int DIGITS_MAX = 9;

    /// The text of a file, without blanks at its ends.
    public Optional<String> text(String path) {
        // A second read from such a file may give nothing, so all is asked for at once.
        try (InputStream input = Files.newInputStream(root.resolve(path))) {
            return Optional.of(new String(input.readNBytes(FILE_BYTES_MAX), StandardCharsets.US_ASCII).strip());
        } catch (IOException | RuntimeException _) {
            return Optional.empty();
        }
    }

    /// A file that is one number, not below zero.
    public OptionalLong number(String path) {
        return text(path).map(SystemFiles::parsed).orElse(OptionalLong.empty());
    }

    private static OptionalLong parsed(String text) {
        try {
            long number = Long.parseLong(text);
            return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    /// The first number behind a label, in a file of lines such as `MemTotal: 1024 kB` or `Node 0 MemTotal: 1024 kB`.
    public OptionalLong labelled(String path, String label) {
        for (String line : text(path).orElse("").split("\n", -1)) {
            int at = line.indexOf(label + ":");
            if (at >= 0 && (at == 0 || line.charAt(at - 1) == ' ')) {
                String behind = line.substring(at + label.length() + 1).strip();
                return parsed(behind.split("\\s+", 2)[0]);
            }
        }
        return OptionalLong.empty();
    }

    /// What stands behind a label in a file of lines such as `Cpus_allowed_list: 0-3`.
    public Optional<String> value(String path, String label) {
        for (String line : text(path).orElse("").split("\n", -1)) {
            if (line.startsWith(label + ":")) {
                return Optional.of(line.substring(label.length() + 1).strip());
            }
        }
        return Optional.empty();
    }

    public boolean isFolder(String path) {
        return Files.isDirectory(root.resolve(path));
    }

    /// The numbers of a folder's entries that are called by a prefix and a number, ascending.
    ///
    /// @param max how many of them, the lowest
    public List<Integer> numbered(String folder, String prefix, int max) {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder), prefix + "*")) {
            int seen = 0;
            for (Path entry : entries) {
                String digits = entry.getFileName().toString().substring(prefix.length());
                if (isNumber(digits)) {
                    numbers.add(Integer.parseInt(digits));
                }
                if (++seen == ENTRIES_MAX) {
                    break;
                }
            }
        } catch (IOException | RuntimeException _) {
            return List.of();
        }
        Collections.sort(numbers);
        return List.copyOf(numbers.subList(0, Math.min(max, numbers.size())));
    }

    private static boolean isNumber(String digits) {
        return !digits.isEmpty()
                && digits.length() <= DIGITS_MAX
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
