package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A script that gives a hostcall up, through the host's one door: what carries the hostcall out is interrupted.
@Timeout(60)
class ScriptCancelTest {
    private static final String MEMBERS = ",\"capabilities\":{\"tool.call\":{\"tools\":[\"test/wait\"]}},"
            + "\"limits\":{\"timeout\":\"50s\"},\"pool\":{\"max\":1,\"acquire-timeout\":\"20s\"},"
            + "\"contributes\":{\"commands\":[{\"name\":\"main\"}],\"tools\":[{\"name\":\"wait\"}]}";

    /// A tool that takes most of a minute, called with options.
    private static final String SOURCE = """
            cloche.tool('wait', () => new Promise((resolve) => setTimeout(resolve, 45000)));
            cloche.command('main', async () => {
              const request = { extension: 'test', tool: 'wait', arguments: {} };
              const outcome = await cloche.hostcall('tool.call', request, OPTIONS);
              return `${outcome.status} ${outcome.code}`;
            });
            """;

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

    private String answer() {
        return host.call(Call.of("test", Entry.command("main"), Payload.EMPTY))
                .payloadOrThrow()
                .text();
    }

    @ParameterizedTest
    @CsvSource({"{ timeout: 200 }, failed timeout", "{ signal: AbortSignal.timeout(200) }, failed cancelled"})
    void theServiceOfAHostcallThatIsGivenUpIsInterrupted(String options, String outcome) {
        host.load(Bundles.script(SOURCE.replace("OPTIONS", options), MEMBERS));
        assertThat(answer()).isEqualTo(outcome);
        // There is one isolate, which the tool would have for most of a minute.
        assertThat(answer()).isEqualTo(outcome);
    }

    @Test
    void aStreamOfAnOperationThatDoesNotStreamIsOneChunk() {
        host.load(Bundles.script("""
            cloche.command('main', async () => {
              let text = '';
              const decoder = new TextDecoder();
              for await (const chunk of cloche.stream('kv.get', { key: 'k' })) text += decoder.decode(chunk);
              return text;
            });
            """));
        assertThat(answer()).isEqualTo("{\"found\":false}");
    }
}
