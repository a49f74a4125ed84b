package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.JsonText;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.policy.command.CommandPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operation `exec.run`: a program of the system, run to its end in an empty folder of its own. There is no shell
/// unless the program is one.
final class ExecService {
    private static final Logger LOG = LoggerFactory.getLogger(ExecService.class);
    private static final String PATH_DEFAULT = "/usr/local/bin:/usr/bin:/bin";

    private final CommandPolicy policy;
    private final ProcessSlots slots;
    private final LongSupplier nanoClock;
    private final List<Path> searchPath;

    /// @param searchPath folders where programs are looked for, as in the variable `PATH`; relative ones do not count
    /// @param nanoClock the clock that deadlines of frames are on
    ExecService(CommandPolicy policy, ProcessSlots slots, Optional<String> searchPath, LongSupplier nanoClock) {
        this.policy = policy;
        this.slots = slots;
        this.nanoClock = nanoClock;
        this.searchPath = Stream.of(searchPath.orElse(PATH_DEFAULT).split(":", -1))
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .toList();
    }

    List<Op> ops() {
        return List.of(Op.blocking(
                ExecRequest.OP,
                ExecRules.CAPABILITY,
                hostcall -> run(hostcall, ExecRequest.of(hostcall.request())),
                hostcall -> run(hostcall, ExecRequest.ofCompat(hostcall.request()))));
    }

    private Outcome run(Admitted hostcall, ExecRequest request) throws InterruptedException {
        Optional<Denied> refusal = ExecRules.refusal(hostcall, request, policy);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Optional<Path> program = find(request.program());
        if (program.isEmpty()) {
            return failed(FailedCode.NOT_FOUND, "there is no such program", request);
        }
        long leftNanos =
                Math.min(request.timeout().toNanos(), hostcall.frame().deadlineNanos() - nanoClock.getAsLong());
        if (leftNanos <= 0) {
            return timedOut(request);
        }
        Optional<Denied> full = slots.enter(hostcall.extension());
        if (full.isPresent()) {
            return full.get();
        }
        return started(hostcall, request, program.get(), leftNanos);
    }

    /// The file that a program's name means. A bare name never means a file of the working folder.
    private Optional<Path> find(String name) {
        try {
            if (name.startsWith("/")) {
                return Optional.of(Path.of(name)).filter(ExecService::isProgram);
            }
            return name.contains("/")
                    ? Optional.empty()
                    : searchPath.stream()
                            .map(folder -> folder.resolve(name))
                            .filter(ExecService::isProgram)
                            .findFirst();
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private Outcome started(Admitted hostcall, ExecRequest request, Path program, long leftNanos)
            throws InterruptedException {
        Runnable leave = () -> slots.leave(hostcall.extension());
        ProcessRun run;
        try {
            run = ProcessRun.start(command(request, program), request, path(), leave);
        } catch (IOException e) {
            leave.run();
            LOG.warn(
                    "exec: could not be started, extension={} program={}: {}",
                    hostcall.extension(),
                    program,
                    e.getMessage());
            return failed(FailedCode.IO, "the program could not be started", request);
        } catch (RuntimeException | Error e) {
            leave.run();
            throw e;
        }
        try (run) {
            return run.await(leftNanos).map(ExecService::answer).orElseGet(() -> timedOut(request));
        }
    }

    private static List<String> command(ExecRequest request, Path program) {
        List<String> command = new ArrayList<>(request.command());
        command.set(0, program.toString());
        return command;
    }

    private String path() {
        return String.join(":", searchPath.stream().map(Path::toString).toList());
    }

    private static Outcome answer(ProcessRun.Result result) {
        return new Outcome.Ok(Payload.text("{\"exitCode\":" + result.exitCode() + ",\"stdout\":"
                + JsonText.quoted(result.output()) + ",\"stderr\":" + JsonText.quoted(result.errors())
                + ",\"truncated\":" + result.truncated() + "}"));
    }

    private static Outcome timedOut(ExecRequest request) {
        return failed(FailedCode.TIMEOUT, "the program was stopped when its time was up", request);
    }

    private static Failed failed(FailedCode code, String what, ExecRequest request) {
        return new Failed(code, "exec.run: " + what + ", program=" + JsonRequest.shown(request.program()), false);
    }
}
