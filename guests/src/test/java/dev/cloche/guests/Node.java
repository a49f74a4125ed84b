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

    /// Whether node is on the PATH.
    static boolean isPresent() {
        try {
            Process node = new ProcessBuilder("node", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return node.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while node said its version", e);
        }
    }

    /// Runs a script in the guests' folder. Where node is missing, says so and what is left out for it.
    ///
    /// @throws AssertionError if there is node, but not the packages that the build installs
    static Optional<Ended> run(String leftOut, List<String> scriptAndArguments) {
        if (!isPresent()) {
            System.out.println("LEFT OUT: " + leftOut + ", because node is not on the PATH");
            return Optional.empty();
        }
        if (!Files.isDirectory(Guests.NPM_PACKAGES)) {
            throw new AssertionError("node is on the PATH, but the npm packages are not installed; put npm on the PATH"
                    + " as well and build again, missing=" + Guests.NPM_PACKAGES);
        }
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(scriptAndArguments);
        return Optional.of(ended(command));
    }

    private static Ended ended(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Guests.FOLDER.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while node ran, command=" + command.subList(0, 2), e);
        }
    }
}
