import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// A folder of built files and the stamp that says from which inputs they were made.
///
/// The stamp is a text file: the hash of the inputs, then a line `size path` for each file. It is written last, so an
/// interrupted build is repeated.
record BuildOutput(Path folder, Path stamp) {

    /// Whether the folder holds what these inputs make.
    boolean isUpToDate(String inputs) throws IOException {
        if (!Files.isRegularFile(stamp)) {
            return false;
        }
        List<String> lines = Files.readAllLines(stamp);
        return !lines.isEmpty()
                && lines.getFirst().equals(inputs)
                && lines.stream().skip(1).allMatch(this::isPresent);
    }

    private boolean isPresent(String line) {
        String[] sizeAndPath = line.split(" ", 2);
        Path file = folder.resolve(sizeAndPath[1]);
        try {
            return Files.isRegularFile(file) && Files.size(file) == Long.parseLong(sizeAndPath[0]);
        } catch (IOException e) {
            return false;
        }
    }

    /// Makes these files, by path, the folder's whole content.
    void replace(Map<String, byte[]> files, String inputs) throws IOException {
        Files.deleteIfExists(stamp);
        deleteFolder();
        var lines = new StringBuilder(inputs).append('\n');
        for (var file : files.entrySet()) {
            Path target = folder.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.write(target, file.getValue());
            lines.append(file.getValue().length)
                    .append(' ')
                    .append(file.getKey())
                    .append('\n');
        }
        Files.writeString(stamp, lines);
    }

    private void deleteFolder() throws IOException {
        if (Files.isDirectory(folder)) {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
