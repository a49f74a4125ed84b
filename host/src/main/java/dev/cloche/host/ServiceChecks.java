package dev.cloche.host;

import dev.cloche.host.service.FilesFolder;
import dev.cloche.host.service.SecretSource;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.Finding.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The doctor's checks of what services reach outside of the host: `policy.files`, `policy.secrets`.
final class ServiceChecks {
    private static final String FILES = "policy.files";
    private static final String SECRETS = "policy.secrets";
    private static final String POLICY = "policy";

    private ServiceChecks() {}

    static Finding files(FilesFolder files) {
        Optional<Path> root = files.root();
        if (root.isEmpty()) {
            return ok(FILES, "there is no folder for files, setting=" + FilesFolder.SETTING);
        }
        Optional<String> problem = files.problem().or(files::platformProblem);
        if (problem.isPresent()) {
            return new Finding(
                    FILES,
                    POLICY,
                    Level.ERROR,
                    "the folder for files cannot be used: " + problem.get(),
                    "make it a folder that this user may read, or set another as " + FilesFolder.SETTING);
        }
        String message = FilesFolder.SETTING + "=" + root.get() + " writable=" + files.isWritable();
        return files.namesProblem()
                .map(said -> new Finding(
                        FILES, POLICY, Level.WARNING, message + " " + said, "start the host with LC_ALL=C.UTF-8"))
                .orElseGet(() -> ok(FILES, message));
    }

    static Finding secrets(SecretSource secrets) {
        try {
            return ok(SECRETS, secrets.description());
        } catch (IOException e) {
            return new Finding(
                    SECRETS, POLICY, Level.ERROR, String.valueOf(e.getMessage()), "mend what the message names");
        }
    }

    private static Finding ok(String id, String message) {
        return new Finding(id, POLICY, Level.OK, message, "");
    }
}
