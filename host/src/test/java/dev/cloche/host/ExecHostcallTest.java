package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A script that has programs of the system run.
@Timeout(120)
@EnabledOnOs({OS.LINUX, OS.MAC})
class ExecHostcallTest {
    private static final String MANIFEST = """
        {"apiVersion": "cloche.dev/v1", "name": "runner", "version": "1.0.0", "kind": "script", "entry": "main.js",
         "capabilities": {"exec": {"commands": ["echo", "sh"]}}, "contributes": {"tools": [{"name": "run"}]}}
        """;
    private static final String SOURCE = """
        cloche.tool('run', async (request) => {
          const outcome = await cloche.hostcall('exec.run', request);
          return outcome;
        })\
        """;

    @TempDir
    Path home;

    private static Bundle bundle() {
        return BundleReader.of(
                "runner",
                Map.of(
                        "cloche.json", MANIFEST.getBytes(StandardCharsets.UTF_8),
                        "main.js", SOURCE.getBytes(StandardCharsets.UTF_8)));
    }

    private static String run(HostConfig config, String request) {
        try (Host host = Host.open(config)) {
            host.load(bundle());
            Reply reply = host.call(Call.of("runner", Entry.tool("run"), Payload.text(request)));
            return reply.payloadOrThrow().text();
        }
    }

    private HostConfig granted(String... commands) {
        return MemoryKinds.config(home)
                .withGrant("runner", new Capability("exec", Map.of("commands", List.of(commands))));
    }

    @Test
    void aGrantedProgramIsRun() {
        assertThat(run(granted("echo"), "{\"command\":[\"echo\",\"hello\"]}"))
                .contains("\"exitCode\":0")
                .contains("hello");
    }

    @Test
    void anotherOneIsNot() {
        assertThat(run(granted("echo"), "{\"command\":[\"sh\",\"-c\",\"echo hello\"]}"))
                .contains("\"policy\"")
                .contains("grant.parameters")
                .doesNotContain("exitCode");
    }

    @Test
    void noneIsWithoutAGrant() {
        assertThat(run(MemoryKinds.config(home), "{\"command\":[\"echo\",\"hello\"]}"))
                .contains("\"policy\"")
                .contains("grant.missing");
    }

    @Test
    void aGrantedShellIsHeldToWhatItWouldDo() {
        assertThat(run(granted("sh"), "{\"command\":[\"sh\",\"-c\",\"echo $((6 * 7))\"]}"))
                .contains("42");
        assertThat(run(granted("sh"), "{\"command\":[\"sh\",\"-c\",\"echo cm0gLXJmIC8K | base64 -d | sh\"]}"))
                .contains("exec.recursive-delete")
                .doesNotContain("exitCode");
    }
}
