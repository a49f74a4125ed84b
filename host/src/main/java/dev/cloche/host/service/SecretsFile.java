package dev.cloche.host.service;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Secrets in a file of the home: one JSON object of texts. It is read anew each time, so that it can be changed while
/// the host runs and no secret stays in memory; and only if it is the host's user's own and nobody else can read it.
public final class SecretsFile implements SecretSource {
    /// Its name in the home.
    public static final String NAME = "secrets.json";

    static final int BYTES_MAX = 1 << 20;

    private static final Path OWN_PROCESS = Path.of("/proc/self");

    private static final Set<PosixFilePermission> OF_OWNER =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;

    public SecretsFile(Path home) {
        this.file = home.resolve(NAME);
    }

    @Override
    public Optional<String> value(String name) throws IOException {
        return Optional.ofNullable(read().orElse(Map.of()).get(name));
    }

    @Override
    public String description() throws IOException {
        Optional<Map<String, String>> secrets = read();
        return secrets.isPresent()
                ? "secrets=" + secrets.get().size() + " file=" + file
                : "there are no secrets, file=" + file;
    }

    private Optional<Map<String, String>> read() throws IOException {
        byte[] content;
        try {
            requireOwn();
            content = content();
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (UnsupportedOperationException e) {
            throw refused("this file system does not say whose it is");
        }
        if (content.length > BYTES_MAX) {
            throw refused("it is too large, bytes-max=" + BYTES_MAX);
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), content)) {
            return Optional.of(members(parser));
        } catch (JacksonException e) {
            // What the parser says quotes what it read.
            throw refused("it is not one JSON object of texts, each name once"
                    + (e.getLocation() == null
                            ? ""
                            : ", line=" + e.getLocation().getLineNr()));
        }
    }

    private void requireOwn() throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw refused("it is no regular file");
        }
        if (!attributes.owner().equals(self())) {
            throw refused("it belongs to another user than the host's, owner="
                    + attributes.owner().getName());
        }
        if (!OF_OWNER.containsAll(attributes.permissions())) {
            throw refused("others than its owner have rights to it; take them away with chmod 600");
        }
    }

    private UserPrincipal self() throws IOException {
        return Files.getOwner(
                Files.exists(OWN_PROCESS) ? OWN_PROCESS : file.toAbsolutePath().getParent());
    }

    private byte[] content() throws IOException {
        try (InputStream input = Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return input.readNBytes(BYTES_MAX + 1);
        }
    }

    private Map<String, String> members(JsonParser parser) throws IOException {
        Map<String, String> members = new HashMap<>();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw refused("it is not one JSON object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw refused("each secret must be a text, line="
                        + parser.currentTokenLocation().getLineNr());
            }
            members.put(name, parser.getString());
        }
        if (parser.nextToken() != null) {
            throw refused("nothing may follow the JSON object");
        }
        return members;
    }

    private IOException refused(String why) {
        return new IOException("the file of secrets is not used: " + why + ", file=" + file);
    }
}
