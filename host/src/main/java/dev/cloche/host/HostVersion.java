package dev.cloche.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The version of this host.
public final class HostVersion {
    private static final String RESOURCE = "version.properties";

    /// The version in full, as the build named it.
    public static final String FULL = read();

    /// The version that `requires.host` of manifests is held against: a snapshot counts as its release.
    public static final String RELEASE = FULL.replace("-SNAPSHOT", "");

    private HostVersion() {}

    private static String read() {
        try (InputStream in = HostVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the host's jar is incomplete, resource=" + RESOURCE);
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("the host's jar cannot be read, resource=" + RESOURCE, e);
        }
    }
}
