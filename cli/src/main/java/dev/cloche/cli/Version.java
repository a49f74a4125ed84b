package dev.cloche.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// The version of this command, from the manifest of its jar.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
        return new String[] {
            "cloche " + version, "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
        };
    }
}
