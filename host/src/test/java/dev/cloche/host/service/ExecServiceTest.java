package dev.cloche.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonText;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.policy.command.CommandPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Real processes, run through the port as a guest runs them.
@Timeout(120)
@EnabledOnOs({OS.LINUX, OS.MAC})
class ExecServiceTest {
    private static final List<String> COMMANDS =
            List.of("echo", "sh", "/bin/sh", "cat", "env", "sleep", "no-such-program", "rm", "/bin/echo", "tool");
    private static final String SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin";

    @TempDir
    Path folder;

    private final List<OpHarness> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(OpHarness::close);
    }

    private OpHarness harness(CommandPolicy policy, int hostMax, int ownMax) {
        ProcessSlots slots = new ProcessSlots(hostMax, _ -> ownMax);
        Optional<String> searchPath = Optional.of(folder + ":relative::" + SEARCH_PATH);
        var harness = new OpHarness(new OpTable(new ExecService(policy, slots, searchPath, System::nanoTime).ops()));
        opened.add(harness);
        return harness;
    }

    private static Capability exec(List<String> commands) {
        return new Capability("exec", Map.of("commands", commands));
    }

    private static GuestSide port(OpHarness harness) {
        return harness.port("notes", Map.of("notes", List.of(exec(COMMANDS))), exec(COMMANDS));
    }

    private GuestSide port(CommandPolicy policy) {
        return port(harness(policy, ProcessSlots.HOST_MAX, 4));
    }

    private GuestSide port() {
        return port(CommandPolicy.BALANCED);
    }

    private static String request(List<String> command, String rest) {
        return "{\"command\":" + command.stream().map(JsonText::quoted).collect(Collectors.joining(",", "[", "]"))
                + rest + "}";
    }

    private static Outcome run(GuestSide port, String... command) {
        return OpHarness.call(port, "exec.run", request(List.of(command), ""));
    }

    private static JsonNode answer(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Ok.class);
        return JsonMapper.shared().readTree(((Outcome.Ok) outcome).answer().text());
    }

    private static Denied denied(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Denied.class);
        return (Denied) outcome;
    }

    private static Failed failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Failed.class);
        return (Failed) outcome;
    }

    @Test
    void answersWhatTheProgramWroteAndHowItEnded() {
        assertThat(run(port(), "echo", "a b", "*", "$HOME", "; ls"))
                .isEqualTo(OpHarness.ok(
                        "{\"exitCode\":0,\"stdout\":\"a b * $HOME ; ls\\n\",\"stderr\":\"\",\"truncated\":false}"));
        assertThat(run(port(), "sh", "-c", "echo out; echo err >&2; exit 3"))
                .isEqualTo(OpHarness.ok(
                        "{\"exitCode\":3,\"stdout\":\"out\\n\",\"stderr\":\"err\\n\",\"truncated\":false}"));
        assertThat(OpHarness.submit(port(), "exec.run", request(List.of("/bin/echo", "x"), "")))
                .isEqualTo(OpHarness.ok("{\"exitCode\":0,\"stdout\":\"x\\n\",\"stderr\":\"\",\"truncated\":false}"));
    }

    @Test
    void theProgramReadsWhatItIsGivenAndNothingOtherwise() {
        assertThat(answer(OpHarness.call(port(), "exec.run", request(List.of("cat"), ",\"stdin\":\"grüße\\n\"")))
                        .get("stdout")
                        .asString())
                .isEqualTo("grüße\n");
        assertThat(answer(run(port(), "cat")).get("stdout").asString()).isEmpty();
        assertThat(answer(OpHarness.call(
                                port(),
                                "exec.run",
                                request(List.of("echo", "x"), ",\"stdin\":\"" + "x".repeat(200_000) + "\"")))
                        .get("exitCode")
                        .asInt())
                .isZero();
    }

    @Test
    void bytesThatAreNoTextAreReplaced() {
        assertThat(answer(run(port(), "sh", "-c", "printf 'a\\377b'"))
                        .get("stdout")
                        .asString())
                .isEqualTo("a\uFFFDb");
    }

    @Test
    void theEnvironmentIsEmptyButForWhatIsSaid() {
        String request = request(List.of("env"), ",\"env\":{\"GREETING\":\"hello\",\"LANG\":\"de_DE.UTF-8\"}");
        List<String> lines = answer(OpHarness.call(port(), "exec.run", request))
                .get("stdout")
                .asString()
                .lines()
                .filter(line -> !line.startsWith(ProcessRun.MARK + "="))
                .toList();
        assertThat(lines)
                .containsExactlyInAnyOrder("GREETING=hello", "LANG=de_DE.UTF-8", "PATH=" + folder + ":" + SEARCH_PATH);
        assertThat(answer(run(port(), "env")).get("stdout").asString()).contains("LANG=C.UTF-8\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PATH",
                "LD_PRELOAD",
                "LD_LIBRARY_PATH",
                "BASH_ENV",
                "ENV",
                "PYTHONSTARTUP",
                "NODE_OPTIONS",
                "IFS",
                "HOME",
                "PERL5OPT",
                "RUBYOPT",
                "GIT_SSH_COMMAND",
                "BASH_FUNC_x",
                "DYLD_INSERT_LIBRARIES",
                "TAR_OPTIONS",
                "RSYNC_RSH",
                "LESS",
                "MAKEFILES",
                "ERL_AFLAGS",
                "OPENSSL_CONF",
                "GOFLAGS",
                "VIMINIT",
                "CARGO_BUILD_RUSTC",
                "CLOCHE_EXEC"
            })
    void variablesThatDecideWhatIsRunAreRefused(String name) {
        Denied denied = denied(
                OpHarness.call(port(), "exec.run", request(List.of("env"), ",\"env\":{\"" + name + "\":\"x\"}")));
        assertThat(denied.code()).isEqualTo(DeniedCode.POLICY);
        assertThat(denied.details()).containsEntry("rule", "exec.environment").containsEntry("variable", name);
    }

    @Test
    void theFolderIsEmptyItsOwnAndGoneAfterwards() {
        JsonNode answer =
                answer(run(port(), "sh", "-c", "pwd; ls -A; mkdir -p a/b; echo x > a/b/c; chmod 500 a; ls a"));
        List<String> lines = answer.get("stdout").asString().lines().toList();
        assertThat(lines).hasSize(2).last().isEqualTo("b");
        assertThat(lines.getFirst()).contains("cloche-exec-");
        assertThat(Path.of(lines.getFirst())).doesNotExist();
        assertThat(answer(run(port(), "sh", "-c", "pwd"))
                        .get("stdout")
                        .asString()
                        .strip())
                .isNotEqualTo(lines.getFirst());
    }

    @Test
    void aLinkOutOfTheFolderIsNotFollowedWhenItIsDeleted() throws Exception {
        Path kept = Files.writeString(folder.resolve("kept"), "x");
        answer(run(port(), "sh", "-c", "ln -s '" + folder + "' out; ln -s '" + kept + "' file"));
        assertThat(kept).hasContent("x");
    }

    @Test
    void onlyProgramsThatManifestAndGrantNameAreRun() {
        OpHarness harness = harness(CommandPolicy.BALANCED, 8, 8);
        GuestSide port = harness.port(
                "notes", Map.of("notes", List.of(exec(List.of("echo", "cat")))), exec(List.of("echo", "env")));
        assertThat(answer(run(port, "echo", "x")).get("exitCode").asInt()).isZero();
        assertThat(denied(run(port, "cat")).details())
                .containsEntry("rule", "manifest.parameters")
                .containsEntry("capability", "exec")
                .containsEntry("program", "cat");
        assertThat(denied(run(port, "env")).details()).containsEntry("rule", "grant.parameters");
        GuestSide ungranted = harness.port("notes", Map.of(), exec(List.of("echo")));
        assertThat(denied(run(ungranted, "echo")).details()).containsEntry("rule", "grant.missing");
        GuestSide unasked = harness.port("notes", Map.of("notes", List.of(exec(List.of("echo")))));
        assertThat(denied(run(unasked, "echo")).details()).containsEntry("rule", "manifest.missing");
        GuestSide left = harness.port(
                "notes", Map.of("notes", List.of(new Capability("exec", Map.of()))), exec(List.of("echo")));
        assertThat(answer(run(left, "echo")).get("exitCode").asInt()).isZero();
        assertThat(denied(run(left, "cat")).details()).containsEntry("rule", "manifest.parameters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "./echo",
                "/bin/../bin/echo",
                "/usr/bin/echo",
                "echo ",
                "ECHO",
                "../echo",
                "bin/echo",
                "/tmp/echo"
            })
    void aNameMeansThatVeryProgram(String program) {
        assertThat(denied(run(port(), program, "x")).details()).containsEntry("rule", "manifest.parameters");
    }

    @Test
    void aBareNameIsLookedForOnTheHostsPathAlone() throws Exception {
        Path tool = Files.writeString(folder.resolve("tool"), "#!/bin/sh\necho mine\n");
        assertThat(failed(run(port(), "tool")).code()).isEqualTo(FailedCode.NOT_FOUND);
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        assertThat(answer(run(port(), "tool")).get("stdout").asString()).isEqualTo("mine\n");
        Failed missing = failed(run(port(), "no-such-program"));
        assertThat(missing.code()).isEqualTo(FailedCode.NOT_FOUND);
        assertThat(missing.message()).endsWith("program=no-such-program");
    }

    @Test
    void aProgramThatCannotBeStartedIsAnError() throws Exception {
        Path tool = Files.writeString(folder.resolve("tool"), "#!/no/such/interpreter\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        assertThat(failed(run(port(), "tool")).code()).isEqualTo(FailedCode.IO);
        assertThat(failed(run(port(), "tool")).code()).isEqualTo(FailedCode.IO);
    }

    @ParameterizedTest
    @CsvSource({
        "rm -rf /, recursive-delete, critical",
        "':(){ :|:& };:', fork-bomb, critical",
        "'echo \"x', unparseable, critical",
        "sudo ls, privilege-change, high",
        "cat /etc/shadow, credential-file, high"
    })
    void whatTheShellWouldDoIsLookedAt(String text, String kind, String level) {
        Denied denied = denied(run(port(), "sh", "-c", text));
        assertThat(denied.code()).isEqualTo(DeniedCode.POLICY);
        assertThat(denied.details())
                .containsEntry("rule", "exec." + kind)
                .containsEntry("level", level)
                .containsEntry("capability", "exec");
        assertThat(denied.details().get("part")).isNotEmpty();
        assertThat(denied.message()).contains("rule=exec." + kind).contains("part=");
    }

    @Test
    void whatTheShellReadsAndItsVariablesAreLookedAt() {
        assertThat(denied(OpHarness.call(port(), "exec.run", request(List.of("/bin/sh"), ",\"stdin\":\"rm -rf /\"")))
                        .details())
                .containsEntry("rule", "exec.recursive-delete");
        String request = request(List.of("sh", "-c", "$A"), ",\"env\":{\"A\":\"rm -rf /\"}");
        assertThat(denied(OpHarness.call(port(), "exec.run", request)).details())
                .containsEntry("rule", "exec.recursive-delete");
        assertThat(denied(run(port(), "env", "rm", "-rf", "/")).details())
                .containsEntry("rule", "exec.recursive-delete");
        assertThat(answer(OpHarness.call(port(), "exec.run", request(List.of("cat"), ",\"stdin\":\"rm -rf /\"")))
                        .get("stdout")
                        .asString())
                .isEqualTo("rm -rf /");
    }

    @Test
    void theLevelThatIsBlockedIsThePolicys() {
        assertThat(denied(run(port(CommandPolicy.SAFE), "sh", "-c", "kill -9 $PPID; echo x"))
                        .details())
                .containsEntry("rule", "exec.process-kill");
        GuestSide permissive = port(CommandPolicy.PERMISSIVE);
        assertThat(answer(run(permissive, "sh", "-c", "test -e x && cat x | sh; echo done"))
                        .get("stdout")
                        .asString())
                .isEqualTo("done\n");
        assertThat(denied(run(permissive, "rm", "-rf", "/")).details()).containsEntry("rule", "exec.recursive-delete");
    }

    @Test
    void aProgramIsStoppedWhenItsTimeIsUp() {
        Failed failed =
                failed(OpHarness.call(port(), "exec.run", request(List.of("sleep", "600"), ",\"timeoutMs\":50")));
        assertThat(failed.code()).isEqualTo(FailedCode.TIMEOUT);
        assertThat(failed.message()).endsWith("program=sleep");
    }

    @Test
    void aProgramIsStoppedWhenItsCallsTimeIsUp() {
        Payload request = Payload.text(request(List.of("sleep", "600"), ""));
        long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
        assertThat(failed(port().call(OpHarness.hostcall("exec.run", request, soon)))
                        .code())
                .isEqualTo(FailedCode.TIMEOUT);
        assertThat(failed(port().call(OpHarness.hostcall("exec.run", request, System.nanoTime())))
                        .code())
                .isEqualTo(FailedCode.TIMEOUT);
    }

    private static List<ProcessHandle> sleepers(String seconds) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(arguments -> List.of(arguments).equals(List.of(seconds)))
                        .orElse(false))
                .toList();
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void whatAProgramLeavesBehindIsEnded() {
        JsonNode answer = answer(run(port(), "sh", "-c", "sleep 7001 & (sleep 7001 &); echo done"));
        assertThat(answer.get("stdout").asString()).isEqualTo("done\n");
        assertThat(answer.get("truncated").asBoolean()).isFalse();
        assertThat(sleepers("7001")).isEmpty();
    }

    @Test
    void theWholeTreeIsEndedWhenTimeIsUp() {
        failed(OpHarness.call(
                port(),
                "exec.run",
                request(List.of("sh", "-c", "sh -c 'sleep 7002 & sleep 7002' & sleep 7002"), ",\"timeoutMs\":300")));
        assertThat(sleepers("7002")).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whoLeavesTheFamilyIsEndedByItsFolder() {
        answer(run(port(), "sh", "-c", "(setsid env -i sleep 7003 >&- 2>&- &)"));
        assertThat(sleepers("7003")).isEmpty();
    }

    /// Well before the time that it may take.
    @Test
    @Timeout(40)
    void anInterruptedCallEndsItsProcess() throws Exception {
        GuestSide port = port();
        var outcome = new AtomicReference<Outcome>();
        Thread caller = Thread.ofVirtual()
                .start(() -> outcome.set(
                        OpHarness.call(port, "exec.run", request(List.of("sleep", "7004"), ",\"timeoutMs\":60000"))));
        until(() -> !sleepers("7004").isEmpty());
        caller.interrupt();
        caller.join();
        assertThat(failed(Objects.requireNonNull(outcome.get())).code()).isEqualTo(FailedCode.CANCELLED);
        until(() -> sleepers("7004").isEmpty());
    }

    @Test
    void outputIsBounded() {
        int bytes = ProcessOutput.BYTES_MAX + 100_000;
        JsonNode answer = answer(run(port(), "sh", "-c", "head -c " + bytes + " /dev/zero | tr '\\0' x; echo end >&2"));
        assertThat(answer.get("stdout").asString()).hasSize(ProcessOutput.BYTES_MAX);
        assertThat(answer.get("stderr").asString()).isEqualTo("end\n");
        assertThat(answer.get("truncated").asBoolean()).isTrue();
        assertThat(answer.get("exitCode").asInt()).isZero();
    }

    @Test
    void whoNeverStopsWritingFindsTheStreamClosed() {
        JsonNode answer = answer(run(port(), "sh", "-c", "head -c 200000000 /dev/zero; echo $? >&2"));
        assertThat(answer.get("truncated").asBoolean()).isTrue();
        assertThat(answer.get("stderr").asString().strip()).isNotEqualTo("0");
    }

    @Test
    void onlySoManyRunAtATime() {
        OpHarness harness = harness(CommandPolicy.BALANCED, 3, 2);
        GuestSide notes = port(harness);
        GuestSide other = harness.port("other", Map.of("*", List.of(exec(COMMANDS))), exec(COMMANDS));
        List<CompletableFuture<Outcome>> running = new ArrayList<>();
        Stream.of(notes, notes, other)
                .forEach(port -> running.add(CompletableFuture.supplyAsync(
                        () -> run(port, "sh", "-c", "sleep 7005"),
                        task -> Thread.ofVirtual().start(task))));
        until(() -> sleepers("7005").size() == 3);
        assertThat(denied(run(notes, "echo")).details())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("quota", "processes", "limit", "2", "retry_after_ms", "100"));
        assertThat(denied(run(other, "echo")).details())
                .containsExactlyInAnyOrderEntriesOf(Map.of("lane", "host", "depth", "3", "capacity", "3"));
        sleepers("7005").forEach(ProcessHandle::destroyForcibly);
        running.forEach(CompletableFuture::join);
        for (int i = 0; i < 10; i++) {
            assertThat(answer(run(notes, "echo")).get("exitCode").asInt()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | command",
                "{\"command\":\"ls\"} | list of strings",
                "{\"command\":[]} | program",
                "{\"command\":[\"\"]} | program",
                "{\"command\":[1]} | list of strings",
                "{\"command\":[\"a\",[\"b\"]]} | list of strings",
                "{\"command\":[\"a\\u0000b\"]} | U+0000",
                "{\"command\":[\"echo\",\"\\ud800\"]} | Unicode",
                "{\"command\":[\"echo\"],\"shell\":true} | no such field",
                "{\"command\":[\"echo\"],\"timeoutMs\":0} | timeoutMs",
                "{\"command\":[\"echo\"],\"timeoutMs\":60001} | timeoutMs",
                "{\"command\":[\"echo\"],\"stdin\":1} | stdin",
                "{\"command\":[\"echo\"],\"env\":[]} | object of strings",
                "{\"command\":[\"echo\"],\"env\":{\"A\":1}} | object of strings",
                "{\"command\":[\"echo\"],\"env\":{\"A=B\":\"x\"}} | name=A=B",
                "{\"command\":[\"echo\"],\"env\":{\"\":\"x\"}} | name",
                "{\"command\":[\"echo\"],\"env\":{\"A\":\"\\u0000\"}} | U+0000",
                "{\"command\":[\"echo\"],\"env\":{\"A\":\"1\",\"A\":\"2\"}} | once",
                "[] | JSON object"
            })
    void whatIsNoRequestIsSaid(String json, String message) {
        Failed failed = failed(OpHarness.call(port(), "exec.run", json));
        assertThat(failed.code()).isEqualTo(FailedCode.INVALID_REQUEST);
        assertThat(failed.message()).startsWith("exec.run: ").contains(message);
        assertThatThrownBy(() -> ExecRequest.ofCompat(Payload.text(json)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageStartingWith("exec.run: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"command\":[\"a\"]}",
                " { \"command\" : [ \"a\" , \"\" , \"\\u00e9\\n\\t\\\"\\\\\\/ü\\ud83d\\ude00\" ] } ",
                "{\"command\":[\"a\"],\"stdin\":\"x\\ny\",\"timeoutMs\":60000}",
                "{\"env\":{},\"command\":[\"a\"]}",
                "{\"env\":{\"A\":\"1\" , \"B\":\"\\\"}\"},\"command\":[\"a]\",\"b,\"]}"
            })
    void bothLanesReadARequestAlike(String json) {
        assertThat(ExecRequest.ofCompat(Payload.text(json))).isEqualTo(ExecRequest.of(Payload.text(json)));
    }

    @Test
    void requestsAreBounded() {
        List<String> many = new ArrayList<>(List.of("echo"));
        while (many.size() <= ExecRequest.ARGUMENTS_MAX) {
            many.add("x");
        }
        String long1 = "x".repeat(ExecRequest.ARGUMENT_BYTES_MAX + 1);
        String input = "x".repeat(ExecRequest.INPUT_BYTES_MAX + 1);
        String env = Stream.iterate(0, i -> i + 1)
                .limit(ExecRequest.VARIABLES_MAX + 1)
                .map(i -> "\"V" + i + "\":\"\"")
                .collect(Collectors.joining(",", ",\"env\":{", "}"));
        for (String request : List.of(
                request(many, ""),
                request(List.of("echo", long1), ""),
                request(List.of("cat"), ",\"stdin\":\"" + input + "\""),
                request(List.of("env"), env),
                request(
                        List.of("env"),
                        ",\"env\":{\"A\":\"" + "x".repeat(ExecRequest.VARIABLE_BYTES_MAX + 1) + "\"}"))) {
            assertThat(failed(OpHarness.call(port(), "exec.run", request)).code())
                    .isEqualTo(FailedCode.INVALID_REQUEST);
        }
        assertThat(answer(OpHarness.call(port(), "exec.run", request(many.subList(0, ExecRequest.ARGUMENTS_MAX), "")))
                        .get("exitCode")
                        .asInt())
                .isZero();
    }

    @Test
    void theBoundsAreThese() {
        assertThat(ExecRequest.TIMEOUT_DEFAULT).isEqualTo(Duration.ofSeconds(10));
        assertThat(ExecRequest.TIMEOUT_MAX).isEqualTo(Duration.ofSeconds(60));
        assertThat(ProcessSlots.HOST_MAX).isEqualTo(16);
        assertThat(ProcessOutput.BYTES_MAX).isEqualTo(1 << 20);
    }
}
