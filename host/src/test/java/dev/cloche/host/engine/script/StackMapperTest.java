package dev.cloche.host.engine.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StackMapperTest {
    /// Line 1, column 1 is lib.ts 3:5.
    private static final String MAP = "{\"version\":3,\"sources\":[\"../src/lib.ts\"],\"mappings\":\"AAEI\"}";

    private final Map<String, Payload> files = new HashMap<>();
    private final StackMapper mapper = new StackMapper(path -> Optional.ofNullable(files.get(path)));

    /// The fixture is made with esbuild 0.28.2 from `sourcemap/src`:
    /// `src/main.ts --bundle --format=esm --minify --keep-names --sourcemap --sources-content=false --target=es2023
    /// --outfile=main.js`.
    @Test
    void stackOfABundledScriptPointsToItsSources() throws IOException {
        String script = fixture("main.js");
        files.put("main.js", Payload.text(script));
        files.put("main.js.map", Payload.text(fixture("main.js.map")));
        var engine = new BareQuickJs();
        engine.evaluate("cloche:prelude", """
                var handler;
                var cloche = { command(name, function_) { handler = function_; } };
                function stackOf(text) { try { handler({ text: () => text }); } catch (e) { return e.stack; } }
                """);
        engine.evaluate("main.js", script);

        assertThat(mapper.map(engine.evaluate("stackOf('')")))
                .isEqualTo("""
                    at GreetingError (src/greeting.ts:6:8)
                    at greet (src/greeting.ts:10:19)
                    at <anonymous> (src/main.ts:11:32)
                    at <eval> (test.js:1:1)""".indent(4).stripTrailing());
        assertThat(mapper.map(engine.evaluate("stackOf('world!')")))
                .isEqualTo("""
                    at <input>:1:1
                    at parse (native)
                    at shout (src/greeting.ts:17:33)
                    at greet (src/greeting.ts:12:34)
                    at <anonymous> (src/main.ts:11:32)
                    at <eval> (test.js:1:1)""".indent(4).stripTrailing());
    }

    @Test
    void framesOfTheHostAreDropped() {
        assertThat(mapper.map("    at call (cloche:prelude:3:4)\n    at f (native)\n    at cloche:url:1:1\n"))
                .isEqualTo("    at f (native)");
    }

    @Test
    void mapBesideTheFileIsFoundWithoutAComment() {
        files.put("dist/lib.js", Payload.text("f()"));
        files.put("dist/lib.js.map", Payload.text(MAP));

        assertThat(mapper.map("    at f (dist/lib.js:1:1)")).isEqualTo("    at f (src/lib.ts:3:5)");
    }

    @Test
    void commentNamesAFileRelativeToTheScript() {
        files.put("dist/lib.js", Payload.text("f()\n//# sourceMappingURL=../maps/a%20b.map\n"));
        files.put("maps/a b.map", Payload.text(MAP));

        assertThat(mapper.map("    at dist/lib.js:1:1")).isEqualTo("    at src/lib.ts:3:5");
    }

    @Test
    void commentMayHoldTheMap() {
        String url = "data:application/json;charset=utf-8;base64,"
                + Base64.getEncoder().encodeToString(MAP.getBytes(StandardCharsets.UTF_8));
        files.put("dist/lib.js", Payload.text("f()\n//# sourceMappingURL=" + url));

        assertThat(mapper.map("    at f (dist/lib.js:1:1)")).isEqualTo("    at f (src/lib.ts:3:5)");
    }

    @Test
    void sourceBesideTheBundleKeepsItsWayOut() {
        files.put("lib.js", Payload.text("f()"));
        files.put("lib.js.map", Payload.text(MAP));

        assertThat(mapper.map("    at f (lib.js:1:1)")).isEqualTo("    at f (../src/lib.ts:3:5)");
    }

    @Test
    void sourceThatIsAUrlStays() {
        files.put("lib.js", Payload.text("f()"));
        files.put("lib.js.map", Payload.text(MAP.replace("../src", "webpack://app")));

        assertThat(mapper.map("    at f (lib.js:1:1)")).isEqualTo("    at f (webpack://app/lib.ts:3:5)");
    }

    @Test
    void mapThatCannotBeUsedIsNamedOnce() {
        files.put("lib.js", Payload.text("f()"));
        files.put("lib.js.map", Payload.text("{}"));

        assertThat(mapper.map("    at f (lib.js:1:2)\n    at g (lib.js:1:1)\n"))
                .isEqualTo("    at f (lib.js:1:2)\n    at g (lib.js:1:1)\n"
                        + "    (the source map of lib.js is of no use: its version is not 3)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"missing.map", "https://example.invalid/a.map", "../../up.map", "data:application/json,%7B%7D"})
    void mapThatTheBundleLacksIsNamed(String url) {
        files.put("lib.js", Payload.text("f()\n//# sourceMappingURL=" + url));

        assertThat(mapper.map("    at f (lib.js:1:2)"))
                .startsWith("    at f (lib.js:1:2)\n    (the source map of lib.js is of no use: ");
    }

    @Test
    void commentInsideAStringIsNone() {
        files.put("lib.js", Payload.text("f('//# sourceMappingURL=missing.map')"));

        assertThat(mapper.map("    at f (lib.js:1:2)")).isEqualTo("    at f (lib.js:1:2)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error: boo",
                "    at map (native)",
                "    at f (other.js:1:1)",
                "    at f (lib.js)",
                "    at f (lib.js:0:1)",
                "    at f (lib.js:1:99999999999)",
                "    at f (lib.js:x:1)",
                "    at f (:1:1)",
                "    at ",
                "    at )",
                "lib.js:1:1",
            })
    void otherLinesStay(String line) {
        files.put("lib.js", Payload.text("f()"));
        files.put("lib.js.map", Payload.text(MAP));

        assertThat(mapper.map(line)).isEqualTo(line.stripTrailing());
    }

    @Test
    void namesAndPathsMayHoldSpacesAndBrackets() {
        files.put("my lib (1).js", Payload.text("f()"));
        files.put("my lib (1).js.map", Payload.text(MAP));

        assertThat(mapper.map("    at a (b c (my lib (1).js:1:1)")).isEqualTo("    at a (b c (../src/lib.ts:3:5)");
    }

    @Test
    void columnsCountCharactersAsEditorsDo() {
        String script = "'\u00e9\ud83d\ude00'; try { nope() } catch (e) { e.stack }";
        files.put("lib.js", Payload.text("//\r\n//\n'\u2028'\r" + script));

        String stack = new BareQuickJs().evaluate("lib.js", "//\r\n//\n'\u2028'\r" + script);

        assertThat(mapper.map(stack)).isEqualTo("    at <eval> (lib.js:4:" + (script.indexOf("nope()") + 1) + ")");
    }

    @Test
    void forgedStackIsCutOff() {
        String stack = "    at f (x.js:1:1)\n".repeat(StackMapper.LINES_MAX * 3) + "y".repeat(1_000_000);

        assertThat(mapper.map(stack).lines()).hasSize(StackMapper.LINES_MAX + 1);
        assertThat(mapper.map("y".repeat(1_000_000))).hasSize(StackMapper.LINE_CHARS_MAX + 3);
    }

    @Test
    void emptyStackStaysEmpty() {
        assertThat(mapper.map("")).isEmpty();
    }

    @Test
    void mapIsReadOnceByManyThreads() throws Exception {
        var reads = new AtomicInteger();
        var shared = new StackMapper(path -> {
            if (path.equals("lib.js.map")) {
                reads.incrementAndGet();
            }
            return Optional.of(Payload.text(path.endsWith(".map") ? MAP : "f()"));
        });
        Callable<String> mapping = () -> shared.map("    at f (lib.js:1:1)");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(
                    IntStream.range(0, 50).mapToObj(i -> mapping).toList())) {
                assertThat(answer.get()).isEqualTo("    at f (../src/lib.ts:3:5)");
            }
        }

        assertThat(reads).hasValue(1);
    }

    private static String fixture(String name) throws IOException {
        try (var in = StackMapperTest.class.getResourceAsStream("sourcemap/" + name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
