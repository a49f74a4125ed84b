package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cloche.host.bundle.LimitRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a home's `settings.json` may say, and what it is told otherwise.
class SettingsFileTest {
    @TempDir
    Path home;

    private HostConfig read(String json) throws IOException {
        Files.writeString(home.resolve("settings.json"), json);
        return HostConfig.fromHome(home);
    }

    private void assertRefused(String json, String... parts) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("file=" + home.resolve("settings.json"))
                .hasMessageContainingAll(parts);
    }

    @Test
    void withoutAFileEverythingIsByDefault() {
        HostConfig config = HostConfig.fromHome(home);
        assertThat(config.home()).isEqualTo(home);
        assertThat(config.memory()).isEqualTo(MemoryMode.AUTO);
        assertThat(config.prewarm()).isTrue();
        assertThat(config.scriptPrewarm()).isZero();
        assertThat(config.cache()).isEqualTo(CacheConfig.DEFAULT);
        assertThat(config.compile()).isEqualTo(new CompileConfig(false, 512L << 20, Duration.ofSeconds(30)));
        assertThat(config.reactor()).isEqualTo(ReactorConfig.DEFAULT);
        assertThat(config.numa()).isEqualTo(new NumaConfig(false, false, 16L << 30));
        assertThat(config.filesRoot()).isEmpty();
        assertThat(HostConfig.fromHome(home.resolve("absent")).memory()).isEqualTo(MemoryMode.AUTO);
        assertThat(home.resolve("absent")).doesNotExist();
    }

    @Test
    void anEmptyObjectChangesNothing() throws IOException {
        assertThat(read("{}").cache()).isEqualTo(CacheConfig.DEFAULT);
        assertThat(read("{\"script\":{},\"cache\":{}}").scriptPrewarm()).isZero();
    }

    @Test
    void whatIsSaidOfOneExtensionGoesByWhatIsSaidOfAllWhereverThatStands() throws IOException {
        String all = "\"quota\":{\"per-second\":7}";
        String one = "\"ext\":{\"garden\":{\"quota\":{\"processes\":1}}}";
        for (String json : List.of("{" + all + "," + one + "}", "{" + one + "," + all + "}")) {
            QuotaConfig quota = read(json).hostcalls().quotaOf("garden");
            assertThat(quota.perSecond()).isEqualTo(7);
            assertThat(quota.processes()).isEqualTo(1);
        }
    }

    @Test
    void whatNoExtensionCanBeCalledIsRefused() {
        assertRefused("{\"ext\":{\"Garden\":{\"compat\":true}}}", "id=Garden");
        assertRefused("{\"ext\":{\"\":{}}}", "id=");
    }

    @Test
    void aHomeThatIsNoFolderHasNoSettings() throws IOException {
        Path file = Files.writeString(home.resolve("file"), "");
        assertThat(HostConfig.fromHome(file).prewarm()).isTrue();
    }

    @Test
    void aFileWithoutASizeOfItsOwnIsBoundedAllTheSame() throws IOException {
        Files.createSymbolicLink(home.resolve("settings.json"), Path.of("/dev/zero"));
        assertThatThrownBy(() -> HostConfig.fromHome(home))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void everyKeyIsTakenOver() throws IOException {
        HostConfig config = read("""
                { "memory": "heap", "prewarm": false, "script": { "prewarm": 1024 },
                  "cache": { "enabled": false, "path": "elsewhere/cache", "max-bytes": "2MiB" },
                  "compile": { "process": true, "memory": "1GiB", "timeout": "2m" },
                  "pools": { "isolates": 7, "depth": 3, "leak-stacks": true },
                  "hooks": { "timeout": "5s", "steps": 12 },
                  "reactor": { "shards": 3, "affinity": "strict" },
                  "numa": { "enabled": true, "huge-pages": true, "slab": "1GiB" },
                  "files": { "root": "/srv/files" } }
                """);
        assertThat(config.hooks()).isEqualTo(new HookConfig(Duration.ofSeconds(5), 12));
        assertThat(config.pools()).isEqualTo(new PoolConfig(7, 3, true));
        assertThat(config.reactor())
                .isEqualTo(ReactorConfig.DEFAULT
                        .withAffinity(ReactorConfig.Affinity.STRICT)
                        .withShards(3));
        assertThat(config.numa()).isEqualTo(new NumaConfig(true, true, 1L << 30));
        assertThat(config.filesRoot()).contains(Path.of("/srv/files"));
        assertThat(config.memory()).isEqualTo(MemoryMode.HEAP);
        assertThat(config.prewarm()).isFalse();
        assertThat(config.scriptPrewarm()).isEqualTo(1024);
        assertThat(config.cache())
                .isEqualTo(new CacheConfig(false, Optional.of(home.resolve("elsewhere/cache")), 2 << 20));
        assertThat(config.compile()).isEqualTo(new CompileConfig(true, 1L << 30, Duration.ofMinutes(2)));
    }

    @Test
    void eachKeyStandsForItself() throws IOException {
        assertThat(read("{\"memory\":\"auto\"}").memory()).isEqualTo(MemoryMode.AUTO);
        assertThat(read("{\"memory\":\"foreign\"}").memory()).isEqualTo(MemoryMode.FOREIGN);
        HostConfig both = read("{\"memory\":{\"kind\":\"heap\",\"max\":\"2GiB\"}}");
        assertThat(both.memory()).isEqualTo(MemoryMode.HEAP);
        assertThat(both.memoryMax()).isEqualTo(2L << 30);
        assertThat(read("{\"memory\":{\"max\":33554432}}").memoryMax()).isEqualTo(32L << 20);
        assertThat(read("{\"limits\":{\"timeout\":\"2s\",\"memory\":\"32MiB\",\"fuel\":1000}}")
                        .limits())
                .isEqualTo(new LimitRequests(
                        Duration.ofSeconds(2), 32L << 20, null, null, null, null, null, null, 1_000L));
        assertThat(read("{\"prewarm\":true}").prewarm()).isTrue();
        assertThat(read("{\"script\":{\"prewarm\":0}}").scriptPrewarm()).isZero();
        assertThat(read("{\"cache\":{\"enabled\":true}}").cache()).isEqualTo(CacheConfig.DEFAULT);
        assertThat(read("{\"cache\":{\"max-bytes\":17}}").cache().bytesMax()).isEqualTo(17);
        assertThat(read("{\"cache\":{\"path\":\"/var/cache/cloche\"}}").cache().path())
                .contains(Path.of("/var/cache/cloche"));
    }

    @Test
    void theMemoryIsTheOneThatIsUsed() throws IOException {
        for (String memory : new String[] {"heap", "foreign"}) {
            try (Host host = Host.open(read("{\"memory\":\"" + memory + "\"}"))) {
                host.load(Bundles.script("cloche.command('main', () => 'answered')"));
                assertThat(imagesOfProcess() > 0).as(memory).isEqualTo(memory.equals("foreign"));
            }
            assertThat(imagesOfProcess()).isZero();
        }
    }

    /// Images of foreign memories are files that the system lists.
    private static long imagesOfProcess() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("cloche-image")).count();
        }
    }

    static Stream<Arguments> wrongValues() {
        String memory = "takes=auto, foreign, heap";
        String count = "takes=a whole number from 0 to 1024";
        String bytes = "takes=a number of bytes, or a text such as \"512MiB\"";
        return Stream.of(
                arguments("{\"memory\":\"Heap\"}", "key=memory", memory, "value=\"Heap\""),
                arguments("{\"memory\":{\"kind\":1}}", "key=memory.kind", memory, "value=1"),
                arguments("{\"memory\":{\"max\":\"1MiB\"}}", "key=memory.max", "at least 16777216", "value=\"1MiB\""),
                arguments("{\"limits\":{\"fuel\":0}}", "key=limits.fuel", "whole number above zero", "value=0"),
                arguments("{\"limits\":{\"timeout\":2}}", "key=limits.timeout", "such as", "value=2"),
                arguments("{\"pools\":{\"isolates\":0}}", "key=pools.isolates", "from 1 to 1000000", "value=0"),
                arguments("{\"pools\":{\"depth\":\"2\"}}", "key=pools.depth", "from 1 to 100000", "value=\"2\""),
                arguments("{\"pools\":{\"leak-stacks\":1}}", "key=pools.leak-stacks", "true or false", "value=1"),
                arguments("{\"hooks\":{\"steps\":0}}", "key=hooks.steps", "from 1 to 10000", "value=0"),
                arguments("{\"hooks\":{\"steps\":\"2\"}}", "key=hooks.steps", "from 1 to 10000", "value=\"2\""),
                arguments("{\"hooks\":{\"timeout\":\"2h\"}}", "key=hooks.timeout", "hooks.timeout", "value=\"2h\""),
                arguments("{\"reactor\":{\"shards\":0}}", "key=reactor.shards", "from 1 to 64", "value=0"),
                arguments("{\"reactor\":{\"shards\":65}}", "key=reactor.shards", "from 1 to 64", "value=65"),
                arguments(
                        "{\"reactor\":{\"affinity\":\"Strict\"}}",
                        "key=reactor.affinity",
                        "takes=disabled, advisory, strict",
                        "value=\"Strict\""),
                arguments("{\"numa\":true}", "key=numa", "takes=an object", "value=true"),
                arguments("{\"numa\":{\"enabled\":1}}", "key=numa.enabled", "true or false", "value=1"),
                arguments("{\"numa\":{\"huge-pages\":\"no\"}}", "key=numa.huge-pages", "true or false", "\"no\""),
                arguments("{\"numa\":{\"slab\":\"1MiB\"}}", "key=numa.slab", "at least 67108864", "value=\"1MiB\""),
                arguments("{\"numa\":{\"slab\":\"2048GiB\"}}", "key=numa.slab", "numa.slab must be", "value="),
                arguments("{\"memory\":true}", "key=memory", memory, "value=true"),
                arguments("{\"memory\":null}", "key=memory", memory, "value=null"),
                arguments("{\"prewarm\":1}", "key=prewarm", "takes=true or false", "value=1"),
                arguments("{\"prewarm\":\"true\"}", "key=prewarm", "takes=true or false", "value=\"true\""),
                arguments("{\"script\":2}", "key=script", "takes=an object", "value=2"),
                arguments("{\"script\":{\"prewarm\":-1}}", "key=script.prewarm", count, "value=-1"),
                arguments("{\"script\":{\"prewarm\":1025}}", "key=script.prewarm", count, "value=1025"),
                arguments("{\"script\":{\"prewarm\":1.5}}", "key=script.prewarm", count, "value=1.5"),
                arguments("{\"script\":{\"prewarm\":4294967296}}", "key=script.prewarm", count, "value=4294967296"),
                arguments("{\"script\":{\"prewarm\":\"2\"}}", "key=script.prewarm", count, "value=\"2\""),
                arguments("{\"cache\":[]}", "key=cache", "takes=an object", "value=[]"),
                arguments("{\"cache\":{\"enabled\":\"no\"}}", "key=cache.enabled", "takes=true or false", "\"no\""),
                arguments("{\"cache\":{\"path\":7}}", "key=cache.path", "takes=the path of a folder", "value=7"),
                arguments("{\"cache\":{\"path\":\" \"}}", "key=cache.path", "takes=the path of a folder", "\" \""),
                arguments("{\"cache\":{\"path\":\"a\\u0000b\"}}", "key=cache.path", "takes=the path", "value="),
                arguments("{\"cache\":{\"max-bytes\":0}}", "key=cache.max-bytes", bytes, "value=0"),
                arguments("{\"cache\":{\"max-bytes\":-5}}", "key=cache.max-bytes", bytes, "value=-5"),
                arguments("{\"cache\":{\"max-bytes\":1.5}}", "key=cache.max-bytes", bytes, "value=1.5"),
                arguments("{\"cache\":{\"max-bytes\":\"much\"}}", "key=cache.max-bytes", bytes, "value=\"much\""),
                arguments("{\"cache\":{\"max-bytes\":1e99}}", "key=cache.max-bytes", bytes, "value="),
                arguments("{\"compile\":true}", "key=compile", "takes=an object", "value=true"),
                arguments("{\"compile\":{\"process\":1}}", "key=compile.process", "takes=true or false", "value=1"),
                arguments("{\"compile\":{\"memory\":\"1MiB\"}}", "key=compile.memory", "from 33554432 to", "\"1MiB\""),
                arguments("{\"compile\":{\"timeout\":30}}", "key=compile.timeout", "takes=a text such as", "value=30"),
                arguments("{\"compile\":{\"timeout\":\"2h\"}}", "key=compile.timeout", "to PT1H", "\"2h\""),
                arguments("[]", "key=the whole file", "takes=an object", "value=[]"),
                arguments("7", "key=the whole file", "takes=an object", "value=7"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongValues")
    void aValueThatAKeyDoesNotTakeIsRefused(String json, String key, String takes, String value) {
        assertRefused(json, "a setting has a value it does not take", key, takes, value);
    }

    @Test
    void aKeyThatIsNotKnownIsRefused() {
        assertRefused("{\"memmory\":\"heap\"}", "there is no such setting", "key=memmory", "memory, prewarm, script");
        assertRefused("{\"script\":{\"warm\":1}}", "there is no such setting", "key=script.warm", "script.prewarm");
        assertRefused("{\"cache\":{\"max\":1}}", "key=cache.max", "cache.enabled, cache.path, cache.max-bytes");
        assertRefused("{\"compile\":{\"heap\":1}}", "key=compile.heap", "compile.process, compile.memory");
        assertRefused("{\"pools\":{\"max\":1}}", "key=pools.max", "pools.isolates, pools.depth, pools.leak-stacks");
        assertRefused("{\"Memory\":\"heap\"}", "key=Memory");
        assertRefused("{\"files\":{\"path\":\"/a\"}}", "key=files.path", "files.root");
        assertRefused("{\"files\":{\"root\":\"a\"}}", "key=files.root", "absolute");
        assertRefused("{\"files\":{\"root\":1}}", "key=files.root", "the path of a folder");
        assertRefused("{\"files\":{\"root\":\"" + home + "\"}}", "key=files.root", "must not hold the home");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"memory\":\"heap\",}", "{} {}", "// nothing\n{}", "{'memory':'heap'}", "nope"})
    void whatIsNotJsonIsRefused(String text) {
        assertRefused(text, "settings.json");
    }

    @Test
    void theLineOfAFlawIsNamed() {
        assertRefused("{\n\n \"memory\": heap }", "the settings are not JSON", "line=3");
    }

    @Test
    void aKeyThatIsThereTwiceIsRefused() {
        assertRefused("{\"memory\":\"heap\",\n\"memory\":\"auto\"}", "not JSON", "memory", "line=2");
        assertRefused("{\"cache\":{\"path\":\"a\",\"path\":\"b\"}}", "not JSON", "path");
    }

    @Test
    void aFileThatIsTooLargeIsRefusedUnread() {
        assertRefused("{}" + " ".repeat(1 << 20), "the settings are too large", "bytes-max=1048576");
    }

    @Test
    void whatCannotBeReadIsRefused() throws IOException {
        Files.createDirectory(home.resolve("settings.json"));
        assertThatThrownBy(() -> HostConfig.fromHome(home))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll("the settings cannot be read", "file=" + home.resolve("settings.json"));
    }

    @Test
    void theProgramsOwnWordComesLast() throws IOException {
        HostConfig config =
                read("{\"memory\":\"heap\",\"script\":{\"prewarm\":3}}").withMemory(MemoryMode.AUTO);
        assertThat(config.memory()).isEqualTo(MemoryMode.AUTO);
        assertThat(config.scriptPrewarm()).isEqualTo(3);
        assertThatThrownBy(() -> config.withScriptPrewarm(1025))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("script.prewarm=1025");
        assertThatThrownBy(() -> config.withScriptPrewarm(-1)).hasMessageEndingWith("script.prewarm=-1");
    }
}
