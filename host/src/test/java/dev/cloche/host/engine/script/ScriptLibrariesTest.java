package dev.cloche.host.engine.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The libraries that guests get on first use, run in the engine that guests run in.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScriptLibrariesTest {
    private final BareQuickJs engine = new BareQuickJs();
    private String globalsBefore = "";

    @BeforeAll
    void evaluateLibraries() throws IOException {
        globalsBefore = globals();
        engine.evaluate("const { URL, URLSearchParams } = " + resource("url.js") + "; ''");
        engine.evaluate("const { structuredClone } = " + resource("structured-clone.js") + "; ''");
    }

    @Test
    void leaveTheGlobalObjectAlone() {
        assertThat(globals()).isEqualTo(globalsBefore);
    }

    @Test
    void keepTheNamesThatGuestsSee() {
        assertThat(engine.evaluate("[URL.name, URLSearchParams.name, structuredClone.name].join()"))
                .isEqualTo("URL,URLSearchParams,structuredClone");
        assertThat(engine.evaluate("Object.prototype.toString.call(new URL('a:b'))"))
                .isEqualTo("[object URL]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "http://EXAMPLE.com:80/a/../b?q=1#f http://example.com/b?q=1#f",
                "https://u:p@h:8443/a%2fb https://u:p@h:8443/a%2fb",
                "http://0x7f.1/ http://127.0.0.1/",
                "http://[::1]:8080 http://[::1]:8080/",
                "http:\\\\h\\p http://h/p",
                "https://m\u00fcnchen.example/\u00fc https://xn--mnchen-3ya.example/%C3%BC",
                "file:///C|/a/../b file:///C:/b",
                "mailto:a@b mailto:a@b",
            })
    void urlIsNormalized(String input, String expected) {
        assertThat(engine.evaluate("new URL('" + input.replace("\\", "\\\\") + "').href"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"../x?z,https://h/x?z", "//other/p,https://other/p", "?q,https://h/a/b?q", "#f,https://h/a/b#f"})
    void urlIsResolvedAgainstItsBase(String input, String expected) {
        assertThat(engine.evaluate("new URL('" + input + "', 'https://h/a/b').href"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nope", "http://", "http://a b/", "http://h:99999/", "http://[::1", "http://user@/"})
    void malformedUrlIsATypeError(String input) {
        String script = "try { new URL('" + input + "').href } catch (e) { e.name }";

        assertThat(engine.evaluate(script)).isEqualTo("TypeError");
        assertThat(engine.evaluate("URL.canParse('" + input + "')")).isEqualTo("false");
    }

    @Test
    void urlAndItsParametersFollowEachOther() {
        String script = """
            {
                const url = new URL("http://h/?a=1");
                url.searchParams.append("b", "2 3");
                url.port = "81";
                url.hash = "x";
                JSON.stringify({ url, size: url.searchParams.size });
            }
            """;

        assertThat(engine.evaluate(script)).isEqualTo("{\"url\":\"http://h:81/?a=1&b=2+3#x\",\"size\":2}");
    }

    @Test
    void searchParametersAreAListOfPairs() {
        String script = """
            {
                const parameters = new URLSearchParams("?b=2&a=1&c=%F0%9F%98%80+x&a=3");
                parameters.delete("b");
                parameters.delete("a", "3");
                parameters.set("d", "\u00e9 &=");
                JSON.stringify([...parameters]) + parameters.has("a", "1") + parameters;
            }
            """;

        assertThat(engine.evaluate(script))
                .isEqualTo("[[\"a\",\"1\"],[\"c\",\"\uD83D\uDE00 x\"],[\"d\",\"\u00e9 &=\"]]true"
                        + "a=1&c=%F0%9F%98%80+x&d=%C3%A9+%26%3D");
    }

    @Test
    void structuredCloneKeepsTypesSharingAndCycles() {
        String script = """
            {
                const shared = { x: 1 };
                const value = { date: new Date(5), map: new Map([[1, shared]]), set: new Set([shared]), re: /a/gi,
                    bytes: new Uint8Array([1, 2, 3]).subarray(1), error: new RangeError("boo"), big: 2n };
                value.self = value;
                const copy = structuredClone(value);
                [copy !== value, copy.self === copy, copy.date.getTime(), copy.map.get(1) === [...copy.set][0],
                    copy.map.get(1) !== shared, copy.re, copy.bytes.join("-"), copy.bytes.byteOffset,
                    copy.error instanceof RangeError, copy.error.message, copy.big].join("|");
            }
            """;

        assertThat(engine.evaluate(script)).isEqualTo("true|true|5|true|true|/a/gi|2-3|1|true|boo|2");
    }

    @Test
    void structuredCloneTransfersBuffers() {
        String script = """
            {
                const buffer = new ArrayBuffer(8);
                const moved = structuredClone(buffer, { transfer: [buffer] });
                moved.byteLength + "|" + buffer.byteLength;
            }
            """;

        assertThat(engine.evaluate(script)).isEqualTo("8|0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"() => 1", "Symbol('x')", "new WeakMap()", "Promise.resolve()"})
    void structuredCloneRefusesWhatCannotBeCopied(String value) {
        String script = "try { structuredClone(" + value + ") } catch (e) { e.name + (e instanceof DOMException) }";

        assertThat(engine.evaluate(script)).isEqualTo("DataCloneErrortrue");
    }

    private String globals() {
        return engine.evaluate("Reflect.ownKeys(globalThis).map(String).join()");
    }

    private static String resource(String name) throws IOException {
        try (var in = ScriptEngineBinary.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
