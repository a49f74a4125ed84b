package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Scripts that end badly: each gets its named reply, and the host goes on.
class ScriptReplyTest {
    @TempDir
    Path home;

    private final CopyOnWriteArrayList<String> log = new CopyOnWriteArrayList<>();
    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home).withLogSink(line -> log.add(line.level() + " " + line.message())));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Reply call(String body) {
        return call(body, "");
    }

    private Reply call(String body, String members) {
        host.load(Bundles.script("cloche.command('main', async (input) => {" + body + "})", members));
        return host.call(Call.of("test", Entry.command("main"), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(5))));
    }

    record Case(String what, String body, String members, Predicate<Reply> expected) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Case guestError(String what, String body, String code, String message) {
        return guestError(what, body, "", code, message);
    }

    private static Case guestError(String what, String body, String members, String code, String message) {
        return new Case(
                what,
                body,
                members,
                reply -> reply instanceof Reply.GuestError error
                        && error.code().equals(code)
                        && error.message().contains(message));
    }

    private static Case exhausted(String what, String body, String members, Budget budget) {
        return new Case(
                what,
                body,
                members,
                reply -> reply instanceof Reply.Exhausted exhausted && exhausted.budget() == budget);
    }

    static Stream<Case> endings() {
        return Stream.concat(errors(), budgets());
    }

    private static Stream<Case> errors() {
        return Stream.of(
                guestError("throws", "throw new RangeError('no')", "RangeError", "no"),
                guestError("throws a string", "throw 'no'", "Error", "no"),
                guestError("throws null", "throw null", "Error", "null"),
                guestError("throws a symbol", "throw Symbol('s')", "Error", "a symbol"),
                guestError(
                        "throws an error whose members throw",
                        "throw { get name() { throw 1 }, get message() { throw 2 } }",
                        "Error",
                        "an error that cannot be described"),
                guestError("rejects", "return Promise.reject(new TypeError('no'))", "TypeError", "no"),
                guestError("never settles", "await new Promise(() => {})", "NeverSettles", "nothing can settle"),
                guestError("returns a cycle", "const a = {}; a.a = a; return a", "TypeError", "circular"),
                guestError("returns a BigInt", "return 1n", "TypeError", "BigInt"),
                guestError("returns a function", "return () => {}", "TypeError", "has no JSON form"),
                guestError(
                        "returns a toJSON that throws", "return { toJSON() { throw new Error('x') } }", "Error", "x"),
                guestError("recurses", "const f = () => f() + 1; return f()", "RangeError", "call stack"),
                guestError(
                        "has the parser recurse",
                        "return eval('('.repeat(1e5) + 1 + ')'.repeat(1e5))",
                        "RangeError",
                        "call stack"),
                guestError(
                        "has JSON recurse",
                        "const e = () => ({ toJSON: () => [e()] }); return e()",
                        "RangeError",
                        "call stack"),
                guestError(
                        "throws an error that two of do not fit into memory",
                        "const e = new Error('x'.repeat(5e6)); e.stack = e.message; throw e",
                        ",\"limits\":{\"memory\":\"16MiB\"}",
                        "Error",
                        "xxxx"),
                guestError(
                        "awaits a denied hostcall",
                        "await cloche.hostcall('kv.get'); await fetch('http://a.b')",
                        "HostcallError",
                        "http.fetch"));
    }

    private static Stream<Case> budgets() {
        return Stream.of(
                exhausted(
                        "prints 10 MB",
                        "for (let i = 0; i < 10; i++) console.log('x'.repeat(1 << 20))",
                        "",
                        Budget.LOG),
                exhausted(
                        "allocates without end",
                        "const a = []; for (;;) a.push(new Uint8Array(1 << 20))",
                        "",
                        Budget.MEMORY),
                exhausted(
                        "keeps long strings",
                        "const a = []; for (;;) a.push('x'.repeat(1 << 20) + a.length)",
                        "",
                        Budget.MEMORY),
                exhausted("answers too much", "return 'x'.repeat(1000)", ",\"limits\":{\"output\":999}", Budget.OUTPUT),
                exhausted(
                        "makes too many hostcalls",
                        "for (;;) await cloche.kv.get('a')",
                        ",\"limits\":{\"hostcalls\":10}",
                        Budget.HOSTCALLS),
                exhausted("sets too many timers", "for (;;) setTimeout(() => {}, 1000)", "", Budget.TIMERS),
                exhausted(
                        "never leaves microtasks",
                        "const f = () => Promise.resolve().then(f); await f()",
                        ",\"limits\":{\"microtasks\":1000}",
                        Budget.MICROTASKS),
                new Case("loops", "for (;;);", ",\"limits\":{\"timeout\":\"200ms\"}", Reply.TimedOut.class::isInstance),
                new Case(
                        "backtracks",
                        "return /^(a+)+$/.test('a'.repeat(40) + '!')",
                        ",\"limits\":{\"timeout\":\"200ms\"}",
                        Reply.TimedOut.class::isInstance),
                new Case(
                        "waits too long",
                        "await new Promise((r) => setTimeout(r, 60000))",
                        ",\"limits\":{\"timeout\":\"100ms\"}",
                        Reply.TimedOut.class::isInstance));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endings")
    void aBadEndIsNamedAndTheHostGoesOn(Case ending) {
        Reply reply = call(ending.body(), ending.members());
        assertThat(reply).as(reply.toString()).matches(ending.expected());
        assertThat(call("return 'well'").payloadOrThrow().text()).isEqualTo("well");
    }

    @Test
    void theStackOfAnErrorNamesTheAuthorsLines() {
        host.load(Bundles.script(
                Map.of(
                        "main.js", "import { fail } from './lib/fail.js';\ncloche.command('main', () => fail());",
                        "lib/fail.js", "\n\nexport function fail() {\n  throw new Error('here');\n}"),
                ""));
        Reply reply = host.call(Call.of("test", Entry.command("main"), Payload.EMPTY));
        assertThat(reply).isInstanceOf(Reply.GuestError.class);
        assertThat(((Reply.GuestError) reply).stack())
                .contains("fail (lib/fail.js:4:")
                .contains("main.js:2:")
                .doesNotContain("prelude");
    }

    private String refusal(String source) {
        return refusal(Map.of("main.js", source), "");
    }

    private String refusal(Map<String, String> files, String members) {
        BundleException refusal =
                catchThrowableOfType(BundleException.class, () -> host.load(Bundles.script(files, members)));
        return refusal == null ? "" : String.valueOf(refusal.getMessage());
    }

    @Test
    void aScriptThatDoesNotStartIsRefused() {
        assertThat(refusal("let x = ;")).contains("does not start: SyntaxError").contains("main.js:1");
        assertThat(refusal("throw new Error('at once')")).contains("does not start: Error: at once");
        assertThat(refusal("await new Promise(() => {})"))
                .contains("awaits something at its top level that never comes");
        assertThat(refusal("// nothing"))
                .contains("the manifest contributes [command:main], which the script did not register");
        assertThat(refusal("cloche.command('other', () => {})"))
                .contains("the manifest does not contribute command:other; add it to contributes in cloche.json");
        assertThat(refusal("cloche.command('main')")).contains("cloche.command('main') needs a function");
        assertThat(refusal("cloche.command()")).contains("cloche.command needs a name");
    }

    @Test
    void importsStayInTheBundle() {
        assertThat(refusal("import 'lodash';"))
                .contains("cannot import 'lodash' from 'main.js': only files of the bundle");
        assertThat(refusal("import '../up.js';")).contains("it leads out of the bundle");
        assertThat(refusal("import './absent.js';")).contains("cannot import 'absent.js': the bundle has no such file");
        assertThat(refusal("import 'https://example.com/a.js';")).contains("only files of the bundle");
        assertThat(refusal(Map.of("main.js", "import './b.js';", "b.js", "syntax error here"), ""))
                .contains("SyntaxError")
                .contains("b.js:1");
    }

    @Test
    void registrationAfterTheStartIsAnError() {
        Reply reply = call("cloche.command('main', () => {})");
        assertThat(reply).isInstanceOf(Reply.GuestError.class);
        assertThat(((Reply.GuestError) reply).message()).contains("only while the script loads");
    }

    @Test
    void whatACallLeavesBehindDoesNotRunInTheNext() {
        host.load(Bundles.script("""
            let late = 0;
            cloche.command('main', async (input) => {
              if (input.text() === 'leave') {
                setTimeout(() => late++, 0);
                setInterval(() => late++, 0);
                cloche.kv.get('a').then(() => late++);
                return 'left';
              }
              await new Promise((resolve) => setTimeout(resolve, 20));
              return `${late}`;
            })\
            """));
        assertThat(host.call(Call.of("test", Entry.command("main"), Payload.text("leave")))
                        .payloadOrThrow()
                        .text())
                .isEqualTo("left");
        assertThat(host.call(Call.of("test", Entry.command("main"), Payload.text("look")))
                        .payloadOrThrow()
                        .text())
                .isEqualTo("0");
    }

    @Test
    void consoleIsLoggedAndUnhandledRejectionsToo() {
        call("console.log('a %s b %d', 'x', 2, { k: [1, 'two', null] }); console.error(new Map([[1, 2]]));"
                + "cloche.log('debug', 'low'); try { cloche.log('loud', 'x') } catch (e) { console.warn(e.message) }"
                + "Promise.reject(new Error('nobody'))");
        assertThat(log)
                .contains("INFO a x b 2 { k: [ 1, \"two\", null ] }", "ERROR Map(1) { 1 => 2 }", "DEBUG low")
                .contains("WARN cloche.log needs a level of debug, info, warn or error, level=loud")
                .anyMatch(line -> line.startsWith("WARN unhandled promise rejection: Error: nobody"));
    }

    @Test
    void consoleWithoutTheCapabilityPrintsNothing() {
        assertThat(call("console.log('hidden'); return 'ok'", ",\"capabilities\":{}")
                        .payloadOrThrow()
                        .text())
                .isEqualTo("ok");
        assertThat(log).isEmpty();
    }

    @Test
    void aDeniedHostcallIsAValue() {
        assertThat(call("return (await cloche.hostcall('kv.set', { key: 'a', value: 1 }))", ",\"capabilities\":{}")
                        .payloadOrThrow()
                        .text())
                .contains("\"status\":\"denied\",\"code\":\"policy\"")
                .contains("kv.write");
    }

    @Test
    void aScriptThatBreaksItsBuiltInsStillGetsItsReply() {
        assertThat(call("""
            Promise.prototype.then = null; Map.prototype.get = null; JSON.stringify = null; JSON.parse = null;
            Uint8Array.prototype.set = null; Reflect.apply = null; Object.prototype.status = 'ok';
            Array.prototype[Symbol.iterator] = null; globalThis.cloche = null; Error.prototype.name = 7;
            return { still: 'here' }\
            """).payloadOrThrow().text()).isEqualTo("{\"still\":\"here\"}");
    }

    private String ask(String entry, String input) {
        return host.call(Call.of("test", Entry.command(entry), Payload.text(input)))
                .payloadOrThrow()
                .text();
    }

    @Test
    void aHandlerThatGoesOnInALaterCallDoesNotAnswerThatOne() {
        host.load(Bundles.script(
                """
                let late;
                cloche.command('a', () => new Promise((resolve) => { late = resolve; }));
                cloche.command('b', async () => {
                  late('the secret of call one');
                  await null;
                  return 'b';
                });\
                """, ",\"contributes\":{\"commands\":[{\"name\":\"a\"},{\"name\":\"b\"}]},\"pool\":{\"max\":1}"));
        assertThat(host.call(Call.of("test", Entry.command("a"), Payload.EMPTY)))
                .isInstanceOf(Reply.GuestError.class);
        assertThat(ask("b", "")).isEqualTo("b");
    }

    @Test
    void rejectionsThatNobodyHandlesCostTheHostLittleAndTheCallNothing() {
        assertThat(call("const s = 'x'.repeat(2e6); for (let i = 0; i < 200; i++) Promise.reject(s); return 'ok'"))
                .isEqualTo(new Reply.Ok(Payload.text("ok")));
        assertThat(log).hasSizeLessThanOrEqualTo(100).allMatch(line -> line.length() < 3_000);
    }

    @Test
    void consoleCountsEndWithTheirCall() {
        String body = "console.count(); return 'ok'";
        call(body);
        host.call(Call.of("test", Entry.command("main"), Payload.EMPTY));
        assertThat(log).containsExactly("INFO default: 1", "INFO default: 1");
    }

    @Test
    void allViewsAreBytes() {
        assertThat(call("return new DataView(new Uint8Array([1, 65, 66, 2]).buffer, 1, 2)"))
                .isEqualTo(new Reply.Ok(Payload.text("AB")));
        assertThat(call("return new Uint16Array([0x4241])")).isEqualTo(new Reply.Ok(Payload.text("AB")));
        assertThat(call("return new Uint8Array([65]).buffer")).isEqualTo(new Reply.Ok(Payload.text("A")));
    }

    @Test
    void whatAScriptDoesToItsOwnValuesIsItsOwnError() {
        assertThat(call("""
            const decoder = new TextDecoder();
            try { decoder.encoding = 'nope'; } catch { }
            const bytes = new Uint8Array(2);
            Object.defineProperty(bytes, 'byteLength', { value: -1 });
            try { crypto.getRandomValues(bytes); } catch (e) { console.log(e.name); }
            console.log({ constructor: null }, /\\d/, new Date(0));
            return decoder.decode(new Uint8Array([0xc5, 0xbe]))\
            """).payloadOrThrow().text()).isEqualTo("ž");
        assertThat(log)
                .containsExactly(
                        "INFO RangeError", "INFO { constructor: null } /\\d/ Thu Jan 01 1970 00:00:00 GMT+0000");
    }

    @Test
    void aGlobalOfTheScriptsOwnIsNotReplaced() {
        assertThat(call("globalThis.Response = class Mine {}; const f = fetch; return Response.name + typeof f"))
                .isEqualTo(new Reply.Ok(Payload.text("Minefunction")));
    }

    @Test
    void textIsDecodedAsTheStandardSays() {
        assertThat(call("""
            const text = (label, ...bytes) => new TextDecoder(label).decode(new Uint8Array(bytes));
            const stream = new TextDecoder();
            let fatal;
            const strict = new TextDecoder('utf-8', { fatal: true });
            try { strict.decode(new Uint8Array([0xff])); } catch (e) { fatal = e.name; }
            return [
              text('latin1', 0x80, 0x81, 0xe9).codePointAt(1), text('utf-16le', 0x3d, 0xd8, 0x00, 0xde),
              text('utf-8', 0xef, 0xbb, 0xbf, 0x41), text('utf-8', 0xf0, 0x9f, 0x41),
              stream.decode(new Uint8Array([0xe2, 0x82]), { stream: true }) + stream.decode(new Uint8Array([0xac])),
              fatal, new TextEncoder().encode('\\ud800').join(),
            ]\
            """).payloadOrThrow().text())
                .isEqualTo("[129,\"\uD83D\uDE00\",\"A\",\"\uFFFDA\",\"\u20AC\",\"TypeError\",\"239,191,189\"]");
    }

    @Test
    void requestsThatAreNotAnsweredYetAreBounded() {
        Reply reply = call("""
            const value = 'x'.repeat(1 << 20);
            const outcomes = await Promise.all(
              Array.from({ length: 30 }, (_, i) => cloche.hostcall('kv.set', { key: `k${i}`, value })));
            return outcomes.some((outcome) => outcome.code === 'backpressure') ? 'bounded' : 'unbounded'\
            """);
        assertThat(reply).isEqualTo(new Reply.Ok(Payload.text("bounded")));
    }
}
