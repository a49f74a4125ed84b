package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.service.RawServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `fetch` with a body that comes in parts, from a script through the host's one door.
@Timeout(60)
class ScriptFetchStreamTest {
    private static final String SOURCE = """
            const open = (input, options) => fetch(input.text(), { stream: true, ...options });
            cloche.command('parts', async (input) => {
              const response = await open(input);
              const parts = [];
              const decoder = new TextDecoder();
              for await (const part of response.body) {
                parts.push(decoder.decode(part, { stream: true }));
                // Has the server send the next one: had they been gathered, this would wait for ever.
                await fetch(new URL('/next', input.text()).href);
              }
              return { status: response.status, type: response.headers.get('content-type'), parts };
            });
            cloche.command('text', async (input) => (await open(input)).text());
            cloche.command('whole', async (input) => {
              const parts = [];
              for await (const part of (await fetch(input.text())).body) parts.push(part.length);
              return parts;
            });
            cloche.command('size', async (input) => {
              let size = 0;
              for await (const part of (await open(input)).body) size += part.length;
              return size;
            });
            cloche.command('leave', async (input) => {
              for await (const part of (await open(input)).body) break;
              return 'left';
            });
            cloche.command('unread', async (input) => (await open(input)).status);
            cloche.command('cancel', async (input) => {
              await (await open(input)).body.cancel();
              return 'cancelled';
            });
            cloche.command('abort', async (input) => {
              const abort = new AbortController();
              const { body } = await open(input, { signal: abort.signal });
              const reader = body.getReader();
              await reader.read();
              setTimeout(() => abort.abort(new Error('enough')), 5);
              try {
                for (;;) await reader.read();
              } catch (error) {
                return error.message;
              }
            });
            cloche.command('twice', async (input) => {
              const response = await open(input);
              await response.text();
              try {
                await response.text();
              } catch (error) {
                return error.message;
              }
            });
            const messageOf = async (action) => {
              try {
                return await action();
              } catch (error) {
                return error.message;
              }
            };
            cloche.command('shared', async (input) => {
              const response = await open(input);
              const text = response.text();
              const other = await messageOf(() => response.body.getReader().read());
              return [(await text).length, other];
            });
            cloche.command('released', async (input) => {
              const { body } = await open(input);
              const first = body.getReader();
              const size = (await first.read()).value.length;
              first.releaseLock();
              const second = body.getReader();
              const refused = [await messageOf(() => first.read()), await messageOf(() => first.cancel())];
              let rest = size;
              for (let part = await second.read(); !part.done; part = await second.read()) rest += part.value.length;
              return [rest, ...refused];
            });
            cloche.command('own', async () => {
              const parts = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true }) }) };
              const response = new Response(parts);
              await response.body.cancel();
              return [response.bodyUsed, await messageOf(() => response.text())];
            });
            cloche.command('torn', async (input) => {
              const { body } = await open(input);
              let size = 0;
              const message = await messageOf(async () => {
                for await (const part of body) size += part.length;
              });
              return [size, message, (await body.getReader().read()).done];
            });
            cloche.command('late', async (input) => {
              const abort = new AbortController();
              fetch(new URL('/asked', input.text()).href).then(() => abort.abort(new Error('no head')));
              return messageOf(() => open(input, { signal: abort.signal }));
            });
            cloche.command('signalled', async (input) => {
              const abort = new AbortController();
              const { body } = await open(input, { signal: abort.signal });
              abort.abort(new Error('between'));
              const reader = body.getReader();
              const messages = [];
              for (let i = 0; i < 3; i++) messages.push(await messageOf(() => reader.read()));
              return messages.map((each) => (each.done ? 'done' : each.value ? 'part' : each));
            });
            cloche.command('head', async (input) => {
              const response = await open(input, { method: 'HEAD' });
              return [response.status, await response.text()];
            });
            cloche.command('many', async (input) => {
              const responses = [];
              for (let i = 0; i < 8; i++) responses.push(await open(input));
              await cloche.kv.set('unread', responses.length);
              return cloche.kv.get('unread');
            });
            cloche.command('denied', async () => {
              try {
                await fetch('http://other.example/', { stream: true });
              } catch (error) {
                return [error.name, error.code, error.details.rule];
              }
            });
            """;

    private static final int LARGE_PARTS = 200;
    private static final int LARGE_PART_BYTES = 100_000;
    private static final String COMMANDS = Stream.of(
                    "parts",
                    "text",
                    "whole",
                    "size",
                    "leave",
                    "unread",
                    "cancel",
                    "abort",
                    "twice",
                    "shared",
                    "released",
                    "own",
                    "torn",
                    "late",
                    "signalled",
                    "head",
                    "many",
                    "denied")
            .map(name -> "{\"name\":\"" + name + "\"}")
            .collect(Collectors.joining(",", "[", "]"));

    @TempDir
    Path home;

    private final BlockingQueue<String> nexts = new LinkedBlockingQueue<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private RawServer server;
    private Host host;

    @BeforeEach
    void open() throws IOException {
        server = new RawServer(this::page);
        Capability granted = new Capability("http.fetch", Map.of("hosts", List.of("127.0.0.1:" + server.port())));
        host = Host.open(MemoryKinds.config(home).withGrant("test", granted));
        host.load(Bundles.script(
                SOURCE,
                ",\"capabilities\":{\"kv.read\":{},\"kv.write\":{},\"http.fetch\":{\"hosts\":[\"127.0.0.1:"
                        + server.port() + "\"]}}" + ",\"contributes\":{\"commands\":" + COMMANDS + "}"));
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        server.close();
    }

    private void page(String path, OutputStream out) throws Exception {
        switch (path) {
            case "/next" -> {
                nexts.add("next");
                write(out, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            }
            case "/steps" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nprvní");
                var _ = nexts.take();
                // The middle of a character.
                out.write(new byte[] {'d', 'r', 'u', 'h', (byte) 0xc3});
                out.flush();
                var _ = nexts.take();
                out.write(new byte[] {(byte) 0xbd});
                out.flush();
                var _ = nexts.take();
            }
            case "/torn" -> write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\nhalf");
            case RawServer.SILENT -> asked.countDown();
            case "/asked" -> {
                asked.await();
                write(out, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            }
            case "/silent/body" -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
            case "/moved" -> write(out, "HTTP/1.1 302 Found\r\nLocation: /silent/body\r\nConnection: close\r\n\r\n");
            case "/head" -> write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n");
            default -> {
                write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
                for (int i = 0; i < LARGE_PARTS; i++) {
                    write(out, "x".repeat(LARGE_PART_BYTES));
                }
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private String run(String command, String path) {
        return host.call(Call.of("test", Entry.command(command), Payload.text(server.url(path))))
                .payloadOrThrow()
                .text();
    }

    private void awaitNoSilence() {
        while (server.silences() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private void awaitNoConnection() {
        while (server.connections() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Test
    void partsComeAsTheServerSendsThem() {
        assertThat(run("parts", "/steps"))
                .isEqualTo("{\"status\":200,\"type\":\"text/plain\",\"parts\":[\"první\",\"druh\",\"ý\"]}");
    }

    @Test
    void aBodyLargerThanAWholeOneMayBeIsReadInParts() {
        assertThat(host.call(Call.of("test", Entry.command("whole"), Payload.text(server.url("/large"))))
                        .toString())
                .contains("http.fetch: the response's body is too large, max=8388608")
                .doesNotContain("http.fetch: http.fetch");
        assertThat(run("size", "/large")).isEqualTo(Integer.toString(LARGE_PARTS * LARGE_PART_BYTES));
    }

    @Test
    void aResponseWithoutABodyHasNoParts() {
        assertThat(run("parts", "/next")).isEqualTo("{\"status\":204,\"type\":null,\"parts\":[]}");
    }

    @Test
    void leavingAStreamEndsIt() {
        assertThat(run("leave", "/large")).isEqualTo("left");
        awaitNoConnection();
        assertThat(run("cancel", "/large")).isEqualTo("cancelled");
        awaitNoConnection();
    }

    @Test
    void aStreamThatIsNotReadEndsWithItsCall() {
        assertThat(run("unread", "/large")).isEqualTo("200");
        awaitNoConnection();
    }

    @Test
    void aSignalEndsAStream() {
        assertThat(run("abort", "/large")).isEqualTo("enough");
        awaitNoConnection();
    }

    @Test
    void aBodyIsReadOnce() {
        nexts.addAll(List.of("", "", ""));
        assertThat(run("text", "/steps")).isEqualTo("prvnídruhý");
        nexts.addAll(List.of("", "", ""));
        assertThat(run("twice", "/steps")).isEqualTo("the body of this response has been read already");
    }

    @Test
    void aDeniedHostIsAnError() {
        assertThat(run("denied", "/")).isEqualTo("[\"HostcallError\",\"policy\",\"manifest.parameters\"]");
    }

    @Test
    void aBodyThatIsBeingReadWholeHasNoReaderBesides() {
        nexts.addAll(List.of("", "", ""));
        assertThat(run("shared", "/steps")).isEqualTo("[10,\"the body of this response has a reader already\"]");
    }

    @Test
    void aReaderThatWasReleasedTakesNothingFromTheNext() {
        String released = "\"this reader was released\"";
        assertThat(run("released", "/large"))
                .isEqualTo("[" + LARGE_PARTS * LARGE_PART_BYTES + "," + released + "," + released + "]");
    }

    @Test
    void aBodyOfTheScriptsOwnNeedsNoWayToGiveItUp() {
        assertThat(run("own", "/")).isEqualTo("[true,\"the body of this response has been read already\"]");
    }

    @Test
    void aBodyThatBreaksOffIsAnErrorAfterWhatCame() {
        assertThat(run("torn", "/torn")).startsWith("[4,\"http.fetch: ").endsWith("\",true]");
    }

    @Test
    void aSignalEndsTheWaitForAHeadThatDoesNotCome() {
        assertThat(run("late", RawServer.SILENT)).isEqualTo("no head");
        awaitNoSilence();
    }

    @Test
    void aSignalIsHeardWhileNobodyReads() {
        assertThat(run("signalled", "/moved")).contains("between").endsWith("\"done\"]");
        awaitNoSilence();
    }

    @Test
    void theAnswerToHeadHasNoBody() {
        assertThat(run("head", "/head")).isEqualTo("[200,\"\"]");
    }

    @Test
    void streamsThatAreNotReadKeepNoOtherHostcallsBack() {
        assertThat(run("many", "/large")).isEqualTo("8");
        awaitNoConnection();
    }
}
