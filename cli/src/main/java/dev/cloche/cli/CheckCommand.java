package dev.cloche.cli;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.Violation;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says all that is wrong with a bundle.
@Command(
        name = "check",
        description = "Checks a bundle, manifest and code, and lists all that is wrong with it and how to mend it.",
        footer = {"  cloche check my-extension", "  cloche check my-extension.zip --json"})
final class CheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "BUNDLE", description = "A folder or zip with a cloche.json.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private Path bundlePath;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        new BundlePath(bundlePath).requireExists();
        Bundle bundle = null;
        List<Violation> violations;
        try {
            bundle = new BundlePath(bundlePath).read();
            violations = violationsOfCode();
        } catch (BundleException e) {
            violations = e.violations();
        }
        if (json) {
            printJson(bundle, violations);
        } else {
            print(bundle, violations);
        }
        return violations.isEmpty() ? ExitStatus.OK : ExitStatus.FAULT_FOUND;
    }

    private List<Violation> violationsOfCode() {
        String params =
                JsonText.object(object -> object.writeStringProperty("path", new BundlePath(bundlePath).absolute()));
        String answer = hostOptions.onHome(terminal, access -> access.ask("check", params));
        return JsonText.read(answer)
                .path("violations")
                .valueStream()
                .map(violation -> new Violation(
                        violation.path("pointer").asString(),
                        violation.path("message").asString(),
                        violation.path("hint").asString()))
                .toList();
    }

    private void print(@Nullable Bundle bundle, List<Violation> violations) {
        if (bundle != null && violations.isEmpty()) {
            Manifest manifest = bundle.manifest();
            terminal.line("ok " + manifest.name() + " " + manifest.version() + " " + bundle.digest());
        }
        violations.forEach(violation -> terminal.line(PlainText.line(violation.toString())));
    }

    private void printJson(@Nullable Bundle bundle, List<Violation> violations) {
        terminal.line(JsonText.object(object -> {
            object.writeBooleanProperty("ok", violations.isEmpty());
            if (bundle != null) {
                object.writeStringProperty("name", bundle.manifest().name());
                object.writeStringProperty("version", bundle.manifest().version());
                object.writeStringProperty("digest", bundle.digest());
            }
            JsonText.violations(object, violations);
        }));
    }
}
