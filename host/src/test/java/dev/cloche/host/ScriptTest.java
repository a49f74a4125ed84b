package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scripts through the host's one door.
class ScriptTest {
    @TempDir
    Path home;

    private Host host;

    @BeforeEach
    void open() {
        host = Host.open(MemoryKinds.config(home));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Reply run(String source, String input) {
        host.load(Bundles.script(source));
        return host.call(Call.of("test", Entry.command("main"), Payload.text(input)));
    }

    private String answer(String source) {
        return run(source, "").payloadOrThrow().text();
    }

    @Test
    void aCommandAnswersText() {
        assertThat(run("cloche.command('main', (input) => 'hello, ' + input.text())", "wörld")
                        .payloadOrThrow()
                        .text())
                .isEqualTo("hello, wörld");
    }

    @Test
    void aHandlerMayWaitForTimersAndHostcalls() {
        assertThat(answer("""
                cloche.command('main', async () => {
                  await new Promise((resolve) => setTimeout(resolve, 5));
                  await cloche.kv.set('a', { n: 1 });
                  return { got: await cloche.kv.get('a'), missing: (await cloche.kv.get('b')) === undefined };
                })""")).isEqualTo("{\"got\":{\"n\":1},\"missing\":true}");
    }

    @Test
    void builtInsAreThere() {
        assertThat(answer("""
                cloche.command('main', async () => [
                  new URL('../b?x=1', 'https://example.com/a/c').href,
                  structuredClone(new Map([[1, { a: [2] }]])).get(1).a[0],
                  atob(btoa('hi')), new TextDecoder().decode(new TextEncoder().encode('žluťoučký')),
                  crypto.randomUUID().length, typeof fetch, crypto.getRandomValues(new Uint8Array(4)).length,
                ])""")).isEqualTo("[\"https://example.com/b?x=1\",2,\"hi\",\"žluťoučký\",36,\"function\",4]");
    }
}
