package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.StampingFactory;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.extension.Extension;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Scripts whose state is made while they load: isolates that are stamped answer what booted ones answer.
@Timeout(120)
class SnapshotScriptTest {
    /// Each is a module of one bundle: what it sets up at its top, and what it does
    /// with the number that each call brings.
    private static final Map<String, String> CASES = new LinkedHashMap<>();

    static {
        CASES.put("pending-promise", """
            let settle;
            const pending = new Promise((resolve) => { settle = resolve; });
            const chained = pending.then((value) => `then ${value}`);
            const raced = Promise.race([pending, new Promise(() => {})]);
            handler = async (n) => { settle(n); return [await pending, await chained, await raced]; };
            """);
        CASES.put("suspended-function", """
            const steps = [];
            let go;
            const gate = () => new Promise((resolve) => { go = resolve; });
            const done = (async () => { for (;;) { steps.push(await gate()); } })();
            handler = async (n) => { go(n); await null; await null; return [...steps, done instanceof Promise]; };
            """);
        CASES.put("settled-and-rejected", """
            const fine = Promise.resolve({ a: 1 });
            const bad = Promise.reject(new RangeError('early'));
            handler = async () => [await fine, await bad.catch((e) => `${e.name} ${e.message}`)];
            """);
        CASES.put("timers", """
            let fired = 0;
            setTimeout(() => fired++, 0);
            const repeated = setInterval(() => fired++, 0);
            await new Promise((resolve) => setTimeout(resolve, 2));
            const atLoad = fired > 0;
            fired = 0;
            handler = async (n) => {
              clearInterval(repeated);
              const order = [];
              setTimeout(() => order.push('a'), 1);
              setTimeout(() => order.push('b'), 1);
              await new Promise((resolve) => setTimeout(resolve, 3));
              return [atLoad, fired, order, n];
            };
            """);
        CASES.put("typed-arrays", """
            const buffer = new ArrayBuffer(64);
            const words = new Uint32Array(buffer, 8, 4).fill(0xdeadbeef);
            const view = new DataView(buffer, 4);
            view.setFloat64(0, Math.PI);
            const growing = new ArrayBuffer(8, { maxByteLength: 64 });
            const tracking = new Uint8Array(growing);
            const big = new BigInt64Array([1n << 62n, -1n]);
            handler = (n) => {
              words[0] += n;
              growing.resize(Math.min(64, growing.byteLength + 8));
              return [[...words], view.getFloat64(0), tracking.length, `${big}`, [...new Uint8Array(buffer)]];
            };
            """);
        CASES.put("weak", """
            const kept = { kept: true };
            const strong = new WeakRef(kept);
            const lost = new WeakRef({ lost: true });
            const marks = new WeakMap([[kept, 'mark']]);
            const members = new WeakSet([kept]);
            const registry = new FinalizationRegistry(() => {});
            registry.register(kept, 'held');
            handler = (n) => {
              const before = marks.get(kept);
              marks.set(kept, `mark ${n}`);
              return [strong.deref() === kept, lost.deref() === undefined, before, members.has(kept)];
            };
            """);
        CASES.put("collections", """
            const map = new Map([['a', 1], [NaN, 2], [{}, 3]]);
            map.delete('a');
            map.set('a', 4);
            const half = map.entries();
            half.next();
            const set = new Set([3, 1, 2, 1]);
            handler = (n) => {
              set.add(n);
              const { value, done } = half.next();
              return [[...map.values()], [...set], done || `${value[0]} ${value[1]}`, map.get(NaN)];
            };
            """);
        CASES.put("generators", """
            function* count() { let at = 0; try { for (;;) at += (yield at) ?? 1; } finally { at = -1; } }
            const numbers = count();
            numbers.next();
            numbers.next(10);
            async function* later() { for (let i = 0; ; i++) yield i; }
            const slow = later();
            await slow.next();
            handler = async (n) => [numbers.next(n).value, (await slow.next()).value, `${Object.keys(numbers)}`];
            """);
        CASES.put("closures-and-classes", """
            const counter = (() => { let n = 100; return { up: () => ++n, get n() { return n; } }; })();
            class Account {
              static #made = 0;
              #balance = 10;
              constructor() { Account.#made++; }
              add(n) { this.#balance += n; return this; }
              static get made() { return Account.#made; }
              toJSON() { return { balance: this.#balance }; }
            }
            const account = new Account();
            class Saver extends Account { add(n) { return super.add(2 * n); } }
            const saver = new Saver();
            handler = (n) => [counter.up(), counter.n, account.add(n), saver.add(n), new Account(), Account.made];
            """);
        CASES.put("symbols-and-proxies", """
            const own = Symbol('own');
            const shared = Symbol.for('shared');
            const seen = [];
            const target = { [own]: 1, [shared]: 2, get dear() { return this[own]; } };
            const proxy = new Proxy(target, { get(t, k, r) { seen.push(String(k)); return Reflect.get(t, k, r); } });
            const frozen = Object.freeze({ deep: Object.seal([1]) });
            handler = (n) => {
              target[own] += n;
              return [proxy.dear, proxy[Symbol.for('shared')], [...seen], Object.isFrozen(frozen),
                Object.isSealed(frozen.deep), Object.getOwnPropertySymbols(target).length];
            };
            """);
        CASES.put("text-and-numbers", """
            const sticky = /a(\\d)/y;
            sticky.exec('a1a2');
            let rope = 'x';
            for (let i = 0; i < 16; i++) rope = rope + i + rope;
            const error = new TypeError('kept', { cause: 'why' });
            const date = new Date(86400000);
            const big = 2n ** 200n;
            const tag = (strings) => strings;
            const template = () => tag`a${1}b`;
            const cached = template();
            handler = (n) => [sticky.lastIndex, sticky.exec('a1a2a3')?.[1] ?? null, rope.length, rope.slice(-20),
              error.message, error.cause, error.stack.includes('.js'), date.toISOString(), `${big + BigInt(n)}`,
              cached === template(), -0 === 0 && Object.is(-0, -0), 0.1 + 0.2];
            """);
        CASES.put("world", """
            globalThis.marker = { n: 1 };
            Array.prototype.second = function () { return this[1]; };
            const add = new Function('a', 'b', 'return a + b');
            const indirect = (0, eval)('(x) => x * marker.n');
            const { hostname } = new URL('https://example.com:8080/a?b=c');
            handler = (n) => [++marker.n, [1, 2].second(), add(n, 1), indirect(3), hostname,
              structuredClone(new Map([[1, { deep: [n] }]])).get(1).deep[0], new URL('../x', 'https://h/a/b/c').href,
              new TextDecoder().decode(new TextEncoder().encode('ž')), typeof fetch];
            """);
        CASES.put("modules", """
            import * as first from '../lib/first.js';
            import second, { shared } from '../lib/second.js';
            import json from '../lib/data.json';
            const early = await import('../lib/dynamic.js');
            shared.push('load');
            handler = async (n) => {
              first.increase(n);
              json.list.push(n);
              const again = await import('../lib/dynamic.js');
              const late = await import('../lib/late.js');
              return [first.count, second(), [...shared], json.list.length, again === early, again.at, late.default];
            };
            """);
        CASES.put("much-memory", """
            const rows = Array.from({ length: 2000 }, (_, i) => ({ i, text: `row ${i}` }));
            const bytes = new Uint8Array(3 << 20).fill(7);
            handler = (n) => {
              rows.push({ i: n });
              bytes[n] = n;
              return [rows.length, rows[1234].text, rows.at(-1).i, bytes[3], bytes.lastIndexOf(7),
                bytes.indexOf(9)];
            };
            """);
    }

    private static final Map<String, String> LIBRARY = Map.of(
            "lib/first.js", """
            import { shared } from './second.js';
            export let count = 1;
            export function increase(n) { count += n; shared.push(`first ${count}`); }
            """,
            "lib/second.js", """
            import { count } from './first.js';
            export const shared = [];
            export default () => `second sees ${count}`;
            """,
            "lib/data.json", "{\"list\":[1,2]}",
            "lib/dynamic.js", "export let at = 41; at++;",
            "lib/late.js", "export default typeof globalThis.marker;");

    private static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>(LIBRARY);
        StringBuilder imports = new StringBuilder();
        StringBuilder steps = new StringBuilder();
        CASES.forEach((name, source) -> {
            String path = "cases/" + name + ".js";
            String variable = name.replace('-', '_');
            files.put(path, "let handler;\n" + source + "\nexport { handler };");
            imports.append("import { handler as ").append(variable).append(" } from './" + path + "';\n");
            steps.append("lines.push('" + name + ": ' + JSON.stringify(await ").append(variable + "(n)));\n");
        });
        files.put(
                "main.js",
                imports + "console.log('loaded');\n"
                        + "cloche.command('main', async (input) => { const n = input.json(); const lines = [];\n"
                        + steps
                        + "return lines.join('\\n'); });\n");
        return files;
    }

    private static List<List<String>> answers(SnapshotExtensions extensions, Extension extension) {
        return IntStream.rangeClosed(1, 3)
                .mapToObj(n ->
                        extensions.answer(extension, String.valueOf(n)).lines().toList())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"FOREIGN,none", "FOREIGN,per-lease", "HEAP,none", "HEAP,per-lease"})
    void stampedIsolatesAnswerWhatBootedOnesDo(MemorySetting kind, String reset) {
        String pool = ",\"pool\":{\"reset\":\"" + reset + "\"}";
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension booted = extensions.load(Bundles.script(files(), pool + ",\"snapshot\":false"));
            List<List<String>> expected = answers(extensions, booted);
            assertThat(booted.making().path()).isEqualTo("booted one by one: the manifest says \"snapshot\": false");
            assertThat(booted.making().stamped()).isZero();
            extensions.log().clear();
            Extension stamped = extensions.load(Bundles.script(files(), pool));
            List<List<String>> actual = answers(extensions, stamped);
            assertThat(stamped.making())
                    .isEqualTo(new StampingFactory.Making("snapshot taken when it was first needed", 1, 1));
            assertThat(extensions.log()).containsOnlyOnce("{\"level\":\"info\",\"message\":\"loaded\"}");
            assertThat(actual).isEqualTo(expected);
            assertThat(expected.getFirst()).hasSameSizeAs(CASES.keySet());
        }
    }

    static Stream<Arguments> frozen() {
        String hostcalls = "its script made hostcalls while it loaded, whose outcomes would be frozen in the snapshot;"
                + " make them when the first call comes";
        String random =
                "its script drew random bytes while it loaded, which would be the same in all isolates made from"
                        + " the snapshot; draw them when the first call comes";
        return Stream.of(MemorySetting.FOREIGN, MemorySetting.HEAP)
                .flatMap(kind -> Stream.of(
                        arguments(kind, "await cloche.kv.get('config')", hostcalls),
                        arguments(kind, "JSON.stringify(await cloche.hostcall('kv.get', { key: 'a' }))", hostcalls),
                        arguments(kind, "crypto.randomUUID()", random),
                        arguments(kind, "crypto.getRandomValues(new Uint8Array(8)).join()", random)));
    }

    @ParameterizedTest
    @MethodSource("frozen")
    void aScriptThatReadsInputsWhileItLoadsIsBootedEachTime(MemorySetting kind, String input, String reason) {
        String source = "const read = " + input + "; cloche.command('main', () => read);";
        try (SnapshotExtensions extensions = new SnapshotExtensions(kind, null)) {
            Extension extension = extensions.load(Bundles.script(source, ",\"pool\":{\"max-uses\":1}"));
            assertThat(extension.making().path()).isEqualTo("booted one by one: " + reason);
            assertThat(extensions.answer(extension, "")).isNotEqualTo(extensions.answer(extension, ""));
            assertThat(extension.making().stamped()).isZero();
        }
    }

    @Test
    void whatIsLoggedAndDrawnByMathRandomWhileTheScriptLoadsDoesNotPreventASnapshot() {
        String source = "console.log('a'); cloche.log('warn', 'b'); const early = Math.random();"
                + "cloche.command('main', () => Math.random() !== early)";
        try (SnapshotExtensions extensions = new SnapshotExtensions(MemorySetting.AUTO, null)) {
            Extension extension = extensions.load(Bundles.script(source));
            assertThat(extension.making().stamped()).isOne();
            assertThat(extensions.answer(extension, "")).isEqualTo("true");
            assertThat(extensions.log()).hasSize(2);
        }
    }

    @Test
    void whatACheckOfABundleSawIsNotWhatItIsLoadedWith(@TempDir Path home) {
        String source =
                "const answer = await cloche.hostcall('kv.list', {});" + "cloche.command('main', () => answer.status);";
        Bundle bundle = Bundles.script(source);
        try (Host host = Host.open(HostConfig.at(home))) {
            assertThat(host.check(bundle)).isEmpty();
            host.load(bundle);
            assertThat(host.call(Call.of("test", Entry.command("main"), Payload.EMPTY)))
                    .isEqualTo(new Reply.Ok(Payload.text("ok")));
        }
    }

    @Test
    void finalizersOfWhatLoadingLeftRunOnceAndNotInEachIsolate() {
        String source = """
                const garbage = () => { const a = {}; a.b = { a }; return a; };
                const registry = new FinalizationRegistry(() => console.log('finalized'));
                registry.register(garbage(), 1);
                cloche.command('main', () => 'answered');
                """;
        try (SnapshotExtensions extensions = new SnapshotExtensions(MemorySetting.AUTO, null)) {
            Extension extension = extensions.load(Bundles.script(source, ",\"pool\":{\"max-uses\":1}"));
            for (int call = 0; call < 3; call++) {
                assertThat(extensions.answer(extension, "")).isEqualTo("answered");
            }
            assertThat(extension.making().booted()).isOne();
            assertThat(extensions.log()).hasSize(1);
        }
    }

    @Test
    void aCleanUpThatNeverEndsCostsTheSnapshotAndNotTheExtension() {
        String source = """
                const garbage = () => { const a = {}; a.b = { a }; return a; };
                const registry = new FinalizationRegistry(() => { for (;;); });
                registry.register(garbage(), 1);
                cloche.command('main', () => 'answered');
                """;
        try (SnapshotExtensions extensions = new SnapshotExtensions(MemorySetting.AUTO, null)) {
            Extension extension = extensions.load(Bundles.script(source));
            assertThat(extension.making().path()).isEqualTo("booted one by one: a call could not be rehearsed");
            assertThat(extensions.answer(extension, "")).isEqualTo("answered");
        }
    }
}
