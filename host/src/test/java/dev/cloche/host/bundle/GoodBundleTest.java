package dev.cloche.host.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Entry;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoodBundleTest {
    private static final String SCRIPT = """
        {"apiVersion": "cloche.dev/v1", "name": "hello", "version": "1.0.0", "kind": "script",
        "entry": "main.js"}\
        """;

    private static final String FULL = """
        {
          "$schema": "https://cloche.dev/manifest.schema.json",
          "apiVersion": "cloche.dev/v1",
          "name": "text-tools",
          "version": "1.2.3-rc.1+build.5",
          "kind": "wasm",
          "entry": "build/tools.wasm",
          "abi": "cloche_v1",
          "description": "Works on text",
          "license": "Apache-2.0 OR MIT",
          "files": ["docs/*.md"],
          "capabilities": {
            "http.fetch": {"hosts": ["api.example.org", "*.example.com:8443", "*"], "methods": ["GET", "POST"]},
            "kv.read": {}, "kv.write": {}, "job.run": {}, "clock": {}, "random": {}, "log": {},
            "fs.read": {"root": "data"}, "fs.write": {"root": "data/out"},
            "env.read": {"names": ["LANG"]}, "secrets.read": {"names": ["api-token"]},
            "events.emit": {"topics": ["text.changed"]}, "events.subscribe": {"topics": ["order.*"]},
            "tool.call": {"tools": ["other/count"]}, "exec": {"commands": ["git"]}
          },
          "contributes": {
            "hooks": [
              {"name": "post.saved", "kind": "action", "priority": -5},
              {"name": "post.saved", "kind": "filter", "failure": "fail"}
            ],
            "tools": [
              {"name": "word_count", "description": "Counts\\nwords",
               "parameters": {"type": "object", "properties": {"text": {"$ref": "#/$defs/t"}},
                              "$defs": {"t": {"type": "string"}}}},
              {"name": "plain"}
            ],
            "commands": [{"name": "render", "description": "Renders"}, {"name": "check"}]
          },
          "limits": {"timeout": "1500ms", "memory": "64MiB", "payload": 1024, "output": "1KiB", "log": "1B",
                     "hostcalls": 10, "timers": 20, "microtasks": 30, "fuel": 40},
          "snapshot": false,
          "pool": {"min": 1, "max": 2, "prewarm": 2, "max-idle": "3m", "max-age": "4h", "max-uses": 5,
                   "memory-fraction": 0.5,
                   "acquire-timeout": "6s", "reset": "per-lease"},
          "depends": {"markdown": "^1.0.0 || 3.x"},
          "requires": {"host": ">=0.1.0 <2.0.0"}
        }\
        """;

    @TempDir
    private Path folder;

    @Test
    void givesEachFieldThatIsLeftOutItsDefault() {
        Manifest manifest = BundleReader.of("memory", Map.of("cloche.json", bytes(SCRIPT), "main.js", bytes("1")))
                .manifest();
        assertThat(manifest.name()).isEqualTo("hello");
        assertThat(manifest.version()).isEqualTo("1.0.0");
        assertThat(manifest.kind()).isEqualTo(Manifest.Kind.SCRIPT);
        assertThat(manifest.entry()).isEqualTo("main.js");
        assertThat(manifest.abi()).isEqualTo(Manifest.Abi.SCRIPT_V1);
        assertThat(manifest.description()).isEmpty();
        assertThat(manifest.license()).isEmpty();
        assertThat(manifest.capabilities()).isEmpty();
        assertThat(manifest.contributes()).isEqualTo(Contributions.NONE);
        assertThat(manifest.limits()).isEqualTo(LimitRequests.NONE);
        assertThat(manifest.depends()).isEmpty();
        assertThat(manifest.requiresHost()).isEqualTo("*");
        PoolSettings pool = manifest.pool();
        assertThat(pool).isEqualTo(PoolSettings.DEFAULT);
        assertThat(manifest.engine()).isEqualTo(EngineSettings.DEFAULT);
        assertThat(EngineSettings.DEFAULT).isEqualTo(new EngineSettings(true, true));
        assertThat(pool.min()).isZero();
        assertThat(pool.max()).isEqualTo(8);
        assertThat(pool.prewarm()).isZero();
        assertThat(pool.maxIdle()).isEqualTo(Duration.ofMinutes(5));
        assertThat(pool.maxAge()).isEqualTo(Duration.ofHours(1));
        assertThat(pool.maxUses()).isZero();
        assertThat(pool.memoryFraction()).isEqualTo(0.8);
        assertThat(pool.acquireTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(pool.reset()).isEqualTo(PoolSettings.Reset.NONE);
    }

    @Test
    void givesAWasmModuleItsOwnAbiAndAHookAndAToolTheirDefaults() {
        String json = SCRIPT.replace("\"script\"", "\"wasm\"")
                .replace(
                        "}",
                        ", \"contributes\": {\"hooks\": [{\"name\": \"a\", \"kind\": \"filter\"}], "
                                + "\"tools\": [{\"name\": \"b\"}]}}");
        Manifest manifest = BundleReader.of("memory", Map.of("cloche.json", bytes(json), "main.js", TestBundles.WASM))
                .manifest();
        assertThat(manifest.abi()).isEqualTo(Manifest.Abi.CLOCHE_V1);
        assertThat(manifest.contributes().hooks())
                .containsExactly(new Contributions.Hook("a", EntryKind.FILTER, 10, Contributions.FailurePolicy.SKIP));
        assertThat(manifest.contributes().tools())
                .containsExactly(new Contributions.Tool("b", "", "{\"type\":\"object\"}"));
    }

    @Test
    void readsEveryField() throws IOException {
        Manifest manifest = fullFolder().manifest();
        assertThat(manifest.version()).isEqualTo("1.2.3-rc.1+build.5");
        assertThat(manifest.description()).isEqualTo("Works on text");
        assertThat(manifest.license()).isEqualTo("Apache-2.0 OR MIT");
        assertThat(manifest.capabilities()).hasSize(15);
        Capability fetch = capability(manifest, "http.fetch");
        assertThat(fetch.values("hosts")).containsExactly("api.example.org", "*.example.com:8443", "*");
        assertThat(fetch.values("methods")).containsExactly("GET", "POST");
        assertThat(capability(manifest, "fs.read").values("root")).containsExactly("data");
        assertThat(capability(manifest, "log").parameters()).isEmpty();
        assertThat(manifest.contributes().entries())
                .containsExactly(
                        Entry.action("post.saved"),
                        Entry.filter("post.saved"),
                        Entry.tool("word_count"),
                        Entry.tool("plain"),
                        Entry.command("render"),
                        Entry.command("check"));
        assertThat(manifest.contributes().hooks().get(0).priority()).isEqualTo(-5);
        assertThat(manifest.contributes().hooks().get(1).failure()).isEqualTo(Contributions.FailurePolicy.FAIL);
        assertThat(manifest.limits())
                .isEqualTo(new LimitRequests(Duration.ofMillis(1500), 64L << 20, 1024L, 1024L, 1L, 10L, 20L, 30L, 40L));
        assertThat(manifest.pool())
                .isEqualTo(new PoolSettings(
                        1,
                        2,
                        2,
                        Duration.ofMinutes(3),
                        Duration.ofHours(4),
                        5,
                        0.5,
                        Duration.ofSeconds(6),
                        PoolSettings.Reset.PER_LEASE));
        assertThat(manifest.engine()).isEqualTo(new EngineSettings(false, true));
        assertThat(manifest.depends()).containsExactly(Map.entry("markdown", "^1.0.0 || 3.x"));
        assertThat(manifest.requiresHost()).isEqualTo(">=0.1.0 <2.0.0");
    }

    private static Capability capability(Manifest manifest, String name) {
        return Objects.requireNonNull(manifest.capabilities().get(name), name);
    }

    private Bundle fullFolder() throws IOException {
        write("cloche.json", bytes(FULL));
        write("build/tools.wasm", TestBundles.WASM);
        write("docs/use.md", bytes("# Use"));
        write("docs/.draft.md", bytes("hidden"));
        write("README.md", bytes("not named by files"));
        return BundleReader.read(folder);
    }

    @Test
    void takesOnlyWhatFilesNamesBesideManifestAndEntry() throws IOException {
        assertThat(fullFolder().files()).containsOnlyKeys("build/tools.wasm", "cloche.json", "docs/use.md");
    }

    @Test
    void takesTheCodeBesideAScriptsEntryAndTheUsualTexts() throws IOException {
        write("cloche.json", bytes(SCRIPT.replace("main.js", "dist/main.js")));
        for (String path : List.of(
                "dist/main.js",
                "dist/main.js.map",
                "dist/lib/a.mjs",
                "dist/data.json",
                "LICENSE",
                "Notice.txt",
                "readme.md",
                "dist/notes.txt",
                "src/main.ts",
                "package.json",
                "dist/node_modules/x/i.js",
                "dist/.cache/y.js",
                "node_modules/z.js")) {
            write(path, bytes("1"));
        }
        assertThat(BundleReader.read(folder).files().keySet())
                .containsExactly(
                        "LICENSE",
                        "Notice.txt",
                        "cloche.json",
                        "dist/data.json",
                        "dist/lib/a.mjs",
                        "dist/main.js",
                        "dist/main.js.map",
                        "readme.md");
    }

    @Test
    void takesNoNeighboursOfAModule() throws IOException {
        write("cloche.json", bytes(SCRIPT.replace("main.js", "main.wasm").replace("script", "wasm")));
        write("main.wasm", TestBundles.WASM);
        write("main.wasm.map", bytes("{}"));
        write("build.js", bytes("1"));
        assertThat(BundleReader.read(folder).files()).containsOnlyKeys("cloche.json", "main.wasm", "main.wasm.map");
    }

    @Test
    void spelledOutNamesReachHiddenFilesAndDependencies() throws IOException {
        write(
                "cloche.json",
                bytes(SCRIPT.replace("}", ", \"files\": [\".hidden/a.js\", \"node_modules/b/*.js\", \"c?/**\"]}")));
        for (String path : List.of(
                "main.js", "other.js", ".hidden/a.js", "node_modules/b/b.js", "c1/x/y.txt", "c1/z.txt", "c/n.txt")) {
            write(path, bytes("1"));
        }
        assertThat(BundleReader.read(folder).files().keySet())
                .containsExactly(
                        ".hidden/a.js", "c1/x/y.txt", "c1/z.txt", "cloche.json", "main.js", "node_modules/b/b.js");
    }

    @Test
    void folderZipAndMemoryOfTheSameFilesHaveOneDigest() throws IOException {
        Bundle fromFolder = fullFolder();
        Map<String, byte[]> files = new TreeMap<>();
        fromFolder.files().forEach((path, content) -> files.put(path, content.toByteArray()));
        Path zip = folder.resolve("bundle.zip");
        Files.write(zip, TestBundles.deflated(files));
        assertThat(fromFolder.digest()).matches("[0-9a-f]{64}");
        assertThat(BundleReader.read(zip).digest()).isEqualTo(fromFolder.digest());
        assertThat(BundleReader.of("memory", files).digest()).isEqualTo(fromFolder.digest());
        assertThat(BundleReader.readZip("zip", fromFolder.zip().toByteArray()).digest())
                .isEqualTo(fromFolder.digest());
        assertThat(fromFolder.code()).isEqualTo(Payload.wrap(TestBundles.WASM));
    }

    @Test
    void theDigestIsWhatTheDocumentSays() {
        assertThat(BundleDigest.of(Map.of("b", Payload.text("B"), "a", Payload.EMPTY)))
                .isEqualTo("15419c834ca206ecd20c179c1811618c90a65e594605f5eda0ca670358f4f3e8");
    }

    @Test
    void theDigestChangesWithEveryByte() {
        Map<String, Payload> files = new TreeMap<>(Map.of("a.js", Payload.text("one"), "b.js", Payload.text("two")));
        String digest = BundleDigest.of(files);
        for (String path : List.of("a.js", "b.js")) {
            for (int i = 0; i < 3; i++) {
                byte[] changed = files.getOrDefault(path, Payload.EMPTY).toByteArray();
                changed[i] ^= 1;
                Map<String, Payload> other = new TreeMap<>(files);
                other.put(path, Payload.wrap(changed));
                assertThat(BundleDigest.of(other)).isNotEqualTo(digest);
            }
        }
        assertThat(BundleDigest.of(Map.of("a.js", Payload.text("onetwo"), "b.js", Payload.EMPTY)))
                .isNotEqualTo(digest);
        assertThat(BundleDigest.of(Map.of("a.jsone", Payload.EMPTY, "b.js", Payload.text("two"))))
                .isNotEqualTo(digest);
        assertThat(BundleDigest.of(Map.of("a.js", Payload.text("one"), "b.jt", Payload.text("two"))))
                .isNotEqualTo(digest);
    }

    @Test
    void theCanonicalZipIsTheSameForTheSameFilesAndIsReadBack() throws IOException {
        Bundle bundle = fullFolder();
        Bundle again = BundleReader.readZip("zip", bundle.zip().toByteArray());
        assertThat(again.files()).isEqualTo(bundle.files());
        assertThat(again.manifest()).isEqualTo(bundle.manifest());
        assertThat(again.zip()).isEqualTo(bundle.zip());
        Bundle known = BundleReader.readKnownZip("zip", bundle.zip().toByteArray(), bundle.digest());
        assertThat(known.files()).isEqualTo(bundle.files());
        assertThat(known.manifest()).isEqualTo(bundle.manifest());
        assertThat(known.digest()).isEqualTo(bundle.digest());
        assertThat(TestBundles.names(bundle.zip().toByteArray()))
                .containsExactly("build/tools.wasm", "cloche.json", "docs/use.md");
    }

    @Test
    void readsZipsThatSayTheSizesBehindTheContentAndHoldFolders() throws IOException {
        byte[] zip = TestBundles.deflated(new TreeMap<>(Map.of(
                "cloche.json", bytes(SCRIPT), "lib/", new byte[0], "lib/a.js", bytes("2"), "main.js", bytes("1"))));
        assertThat(BundleReader.readZip("zip", zip).files().keySet())
                .containsExactly("cloche.json", "lib/a.js", "main.js");
    }

    private void write(String path, byte[] content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
