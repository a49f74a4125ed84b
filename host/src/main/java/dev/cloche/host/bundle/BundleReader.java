package dev.cloche.host.bundle;

import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Reads bundles, from a folder, a zip or memory, and refuses what is not one, saying all that is wrong at once.
/// Nothing in a bundle is run. All that is read is bounded by [BundleLimits]. Stateless; for any thread.
public final class BundleReader {
    /// Which schema manifests are held against: another one has another name.
    public static final String SCHEMA = ManifestSchema.SHA256;

    private static final String NO_MANIFEST_HINT = "write one; docs/manifest.md has an example";

    private BundleReader() {}

    /// Makes ready what reading a bundle takes, so that the first one is read sooner. To be called ahead, while there
    /// is time.
    public static void prepare() {
        var _ = ManifestJson.read("{\"any\":[\"manifest\",1]}".getBytes(StandardCharsets.UTF_8), new Violations());
    }

    /// Reads a folder or a zip.
    ///
    /// @throws BundleException if it is not a bundle, or cannot be read
    public static Bundle read(Path path) {
        String source = path.toString();
        Violations violations = new Violations();
        try {
            if (Files.isDirectory(path)) {
                return folder(source, path, violations);
            }
            if (Files.isRegularFile(path)) {
                return zip(source, zipBytes(path, violations), violations);
            }
            boolean there = Files.exists(path);
            violations.addWhole(
                    there ? "is neither a folder nor a plain file" : "does not exist",
                    "give a folder with cloche.json in it, or a zip of that folder's content");
        } catch (NoSuchFileException e) {
            violations.addWhole(
                    "does not exist", "give a folder with cloche.json in it, or a zip of that folder's content");
        } catch (AccessDeniedException e) {
            violations.addWhole("cannot be read, cause=permission denied", "give read permission");
        } catch (IOException e) {
            violations.addWhole(
                    "cannot be read, cause=" + Text.clean(String.valueOf(e.getMessage())), "mend the cause");
        }
        violations.throwIfAny(source);
        throw new IllegalStateException("no bundle and no violation, source=" + source);
    }

    /// Reads a zip from memory.
    ///
    /// @param source what to call it in messages
    /// @throws BundleException if it is not a bundle
    public static Bundle readZip(String source, byte[] zip) {
        return zip(source, zip, new Violations());
    }

    /// Reads a zip that is known to be, byte for byte, one that this version has read before. It is not held against
    /// the rules once more: to get those ready takes a good part of a host's start.
    ///
    /// @param source what to call it in messages
    /// @param digest of the bundle, as it was found out then
    /// @throws BundleException if it is not a bundle
    public static Bundle readKnownZip(String source, byte[] zip, String digest) {
        Violations violations = new Violations();
        Map<String, Payload> files = ZipContent.read(zip, violations);
        Payload text = files.getOrDefault(Manifest.FILE_NAME, Payload.EMPTY);
        Optional<JsonNode> manifest = ManifestJson.read(text.unsafeBytes(), violations);
        violations.throwIfAny(source);
        return new Bundle(ManifestReader.manifest(manifest.orElseThrow()), digest, new TreeMap<>(files));
    }

    /// Makes a bundle of files in memory, the manifest among them.
    ///
    /// @param source what to call it in messages
    /// @param files content by path, `/` between names
    /// @throws BundleException if it is not a bundle
    public static Bundle of(String source, Map<String, byte[]> files) {
        Violations violations = new Violations();
        Map<String, Payload> taken = new TreeMap<>();
        long total = 0;
        for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
            var problem = PathRules.problem(file.getKey());
            total += file.getValue().length;
            if (problem.isPresent()) {
                violations.addFile(
                        file.getKey(), problem.get().message(), problem.get().hint());
            } else if (file.getValue().length > BundleLimits.FILE_BYTES_MAX) {
                violations.addFile(
                        file.getKey(),
                        "is larger than a file may be, max=" + BundleLimits.FILE_BYTES_MAX,
                        "make it smaller");
            } else {
                taken.put(file.getKey(), Payload.copyOf(file.getValue()));
            }
        }
        if (total > BundleLimits.TOTAL_BYTES_MAX || files.size() > BundleLimits.FILES_MAX) {
            violations.addWhole(
                    "holds more than a bundle may have, bytes-max=" + BundleLimits.TOTAL_BYTES_MAX + " files-max="
                            + BundleLimits.FILES_MAX,
                    "leave out what the code does not need");
        }
        return whole(source, taken, violations);
    }

    private static byte[] zipBytes(Path path, Violations violations) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(BundleLimits.ZIP_BYTES_MAX + 1);
            if (bytes.length > BundleLimits.ZIP_BYTES_MAX) {
                violations.addWhole(
                        "is larger than a zip may be, max=" + BundleLimits.ZIP_BYTES_MAX,
                        "leave out what the code does not need");
                violations.throwIfAny(path.toString());
            }
            return bytes;
        }
    }

    private static Bundle zip(String source, byte[] zip, Violations violations) {
        Map<String, Payload> files = ZipContent.read(zip, violations);
        if (files.isEmpty()) {
            violations.throwIfAny(source);
        }
        return whole(source, files, violations);
    }

    /// A bundle to which all files at hand belong.
    private static Bundle whole(String source, Map<String, Payload> files, Violations violations) {
        PathRules.checkClashes(files.keySet(), violations);
        Optional<JsonNode> json = manifest(files, violations);
        json.ifPresent(manifest -> code(manifest, files, violations));
        return bundle(source, json, files, violations);
    }

    private static Bundle folder(String source, Path folder, Violations violations) throws IOException {
        FolderContent content = new FolderContent(folder.toRealPath(), violations);
        content.readManifest();
        Optional<JsonNode> json = manifest(content.files(), violations);
        json.ifPresent(manifest -> {
            content.read(patterns(manifest, violations));
            PathRules.checkClashes(content.files().keySet(), violations);
            code(manifest, content.files(), violations);
        });
        return bundle(source, json, content.files(), violations);
    }

    private static Optional<JsonNode> manifest(Map<String, Payload> files, Violations violations) {
        Payload manifest = files.get(Manifest.FILE_NAME);
        if (manifest != null) {
            return ManifestReader.json(manifest.unsafeBytes(), violations);
        }
        if (!violations.has("file:" + Manifest.FILE_NAME)) {
            Optional<String> deeper = files.keySet().stream()
                    .filter(path -> path.endsWith("/" + Manifest.FILE_NAME))
                    .findFirst();
            violations.addFile(
                    Manifest.FILE_NAME,
                    "is missing, and every bundle has one",
                    deeper.map(path -> "there is " + Text.quote(path) + ": zip the folder's content, not the folder")
                            .orElse(NO_MANIFEST_HINT));
        }
        return Optional.empty();
    }

    /// Which files of a folder belong to the bundle.
    private static List<FilePattern> patterns(JsonNode manifest, Violations violations) {
        List<FilePattern> patterns = new ArrayList<>();
        String entry = manifest.path("entry").asString("");
        boolean known =
                manifest.path("entry").isString() && PathRules.problem(entry).isEmpty();
        if (known) {
            patterns.add(FilePattern.optional(entry));
        }
        JsonNode files = manifest.path("files");
        for (int i = 0; i < files.size(); i++) {
            if (!violations.has("/files/" + i)) {
                patterns.add(FilePattern.required(files.path(i).asString(""), "/files/" + i));
            }
        }
        if (!manifest.has("files")) {
            for (String name : List.of("LICENSE*", "LICENCE*", "NOTICE*", "README*")) {
                patterns.add(FilePattern.optionalIgnoringCase(name));
            }
            if (known) {
                patterns.add(FilePattern.optional(entry + ".map"));
                patterns.addAll(besideEntry(manifest, entry));
            }
        }
        return patterns;
    }

    private static List<FilePattern> besideEntry(JsonNode manifest, String entry) {
        if (!manifest.path("kind").asString("").equals("script")) {
            return List.of();
        }
        String folder = entry.substring(0, entry.lastIndexOf('/') + 1);
        return List.of("**/*.js", "**/*.mjs", "**/*.json", "**/*.map").stream()
                .map(pattern -> FilePattern.optional(folder + pattern))
                .toList();
    }

    private static void code(JsonNode manifest, Map<String, Payload> files, Violations violations) {
        JsonNode entry = manifest.path("entry");
        Optional<Manifest.Kind> kind = ManifestReader.kind(manifest.path("kind").asString(""));
        if (entry.isString() && kind.isPresent()) {
            CodeChecks.check(kind.get(), entry.asString(), files, violations);
        }
    }

    private static Bundle bundle(
            String source, Optional<JsonNode> json, Map<String, Payload> files, Violations violations) {
        violations.throwIfAny(source);
        Manifest manifest = ManifestReader.manifest(json.orElseThrow());
        return new Bundle(manifest, BundleDigest.of(files), new TreeMap<>(files));
    }
}
