package dev.cloche.guests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Node.js with the npm packages of the guests' folder, where the machine has them.
final class Node {
    private Node() {}

    /// How a script ended, with all it printed.
    record Ended(int exit, String output) {}

    /// Runs a script in the guests' folder. Where node or the packages are missing, says so on standard output, with
    /// what is left out for it.
    static Optional<Ended> run(String leftOut, List<String> scriptAndArguments) {
        if (!Files.isDirectory(Guests.NPM_PACKAGES)) {
            System.out.println("LEFT OUT: " + leftOut + ", because the npm packages are not installed; put Node.js with"
                    + " npm on the PATH and build again");
            return Optional.empty();
        }
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(scriptAndArguments);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(Guests.FOLDER.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            System.out.println("LEFT OUT: " + leftOut + ", because node is not on the PATH");
            return Optional.empty();
        }
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Optional.of(new Ended(process.waitFor(), output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while node ran, script=" + scriptAndArguments.getFirst(), e);
        }
    }
}
