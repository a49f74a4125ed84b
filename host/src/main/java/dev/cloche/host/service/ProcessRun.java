package dev.cloche.host.service;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// One process from its start to the end of all that it started. Used by one thread; three of its own feed and read
/// the process, since reading from a pipe holds the thread whatever its kind.
final class ProcessRun implements AutoCloseable {
    /// The variable that processes are known by.
    static final String MARK = "CLOCHE_EXEC";

    // What is in the pipes is read in no time. What is not then belongs to a process that got away.
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final WorkFolder folder;
    private final Process process;
    private final ProcessTree tree;
    private final ProcessOutput output = new ProcessOutput();
    private final ProcessOutput errors = new ProcessOutput();
    private final CompletableFuture<Void> left;
    private boolean killed;

    private ProcessRun(WorkFolder folder, Process process, String mark, Runnable leave) {
        this.folder = folder;
        this.process = process;
        this.tree = new ProcessTree(process, mark, folder.path());
        this.left = CompletableFuture.allOf(output.ended(), errors.ended()).whenComplete((_, _) -> leave.run());
    }

    /// How it ended.
    record Result(int exitCode, String output, String errors, boolean truncated) {}

    /// Starts a program.
    ///
    /// @param command the program's file and its arguments
    /// @param searchPath the variable `PATH`
    /// @param leave run once, when nothing of the process is left; not run where this throws
    static ProcessRun start(List<String> command, ExecRequest request, String searchPath, Runnable leave)
            throws IOException {
        WorkFolder folder = WorkFolder.create();
        String value = ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.path().toFile());
            Map<String, String> environment = builder.environment();
            environment.clear();
            environment.put("LANG", "C.UTF-8");
            environment.putAll(request.environment());
            environment.put("PATH", searchPath);
            environment.put(MARK, value);
            ProcessRun run = new ProcessRun(folder, builder.start(), MARK + "=" + value, leave);
            try {
                run.attend(request.input());
            } catch (RuntimeException | Error e) {
                run.kill();
                throw e;
            }
            return run;
        } catch (IOException | RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    private void attend(String input) {
        thread("out", () -> output.read(process.getInputStream()));
        thread("err", () -> errors.read(process.getErrorStream()));
        thread("in", () -> write(input));
    }

    private void thread(String stream, Runnable work) {
        Thread.ofPlatform()
                .name("cloche-exec-" + stream + "-" + process.pid())
                .daemon()
                .start(work);
    }

    private void write(String input) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // A program need not read what it is given.
        }
    }

    /// Waits for the process to end, and for what it wrote; empty if its time is up before.
    Optional<Result> await(long timeoutNanos) throws InterruptedException {
        if (!process.waitFor(timeoutNanos, TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        // Those that it left behind may hold its output open.
        kill();
        try {
            left.get(GRACE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException _) {
            // One that got away holds them; what was written until now is the answer, and its place stays taken.
        }
        boolean truncated = output.truncated() || errors.truncated() || !left.isDone();
        return Optional.of(new Result(process.exitValue(), output.text(), errors.text(), truncated));
    }

    /// Ends the process and all that it started, and deletes its folder.
    @Override
    public void close() {
        kill();
        folder.close();
    }

    private void kill() {
        if (!killed) {
            killed = true;
            tree.kill();
        }
    }
}
