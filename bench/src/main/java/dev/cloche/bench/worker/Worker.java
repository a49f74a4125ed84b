package dev.cloche.bench.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A process that measures on request. Used by one thread.
///
/// It says `ready` on a line of its standard output, then reads requests, `OPERATION COUNT`, a line each, and answers
/// each with lines `series NAME VALUE ...`, one `result TEXT`, and `end`; or with `failed MESSAGE`. It ends when its
/// input does.
public final class Worker implements AutoCloseable {
    static final String READY = "ready";

    private static final long ANSWER_SECONDS_MAX = 600;
    private static final long END_SECONDS_MAX = 20;
    private static final int STDERR_LINES_SHOWN = 15;

    /// A line that no worker writes: its output has ended.
    private static final String ENDED = "\0";

    private final String name;
    private final Process process;
    private final Path stderr;
    private final Writer requests;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Worker(String name, Process process, Path stderr) {
        this.name = name;
        this.process = process;
        this.stderr = stderr;
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
    }

    /// Starts a process and waits until it is ready.
    ///
    /// @param name what to call it in messages
    /// @throws WorkerException if it does not get ready
    public static Worker start(String name, List<String> command) {
        Worker worker;
        try {
            Path stderr = Files.createTempFile("cloche-bench", ".err");
            Process process =
                    new ProcessBuilder(command).redirectError(stderr.toFile()).start();
            worker = new Worker(name, process, stderr);
        } catch (IOException e) {
            throw new WorkerException("a worker cannot be started, worker=" + name + " cause=" + e.getMessage(), e);
        }
        Thread.ofPlatform().name("bench-" + name).daemon().start(worker::readLines);
        boolean ready = false;
        try {
            String line = worker.next();
            if (!line.equals(READY)) {
                throw worker.failure("did not get ready but said: " + line);
            }
            ready = true;
        } finally {
            if (!ready) {
                worker.close();
            }
        }
        return worker;
    }

    private void readLines() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(Answer.FAILED + e.getMessage());
        } finally {
            lines.add(ENDED);
        }
    }

    private String next() {
        String line;
        try {
            line = lines.poll(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was waited for by a thread that was interrupted");
        }
        if (line == null) {
            throw failure("did not answer in time, seconds=" + ANSWER_SECONDS_MAX);
        }
        if (line.equals(ENDED)) {
            throw failure("has ended");
        }
        return line;
    }

    private WorkerException failure(String what) {
        String said = "";
        try {
            List<String> errors = Files.readAllLines(stderr);
            said = String.join("\n", errors.subList(Math.max(0, errors.size() - STDERR_LINES_SHOWN), errors.size()));
        } catch (IOException e) {
            said = "(its errors cannot be read: " + e.getMessage() + ")";
        }
        return new WorkerException("a worker " + what + ", worker=" + name + (said.isEmpty() ? "" : "\n" + said));
    }

    /// What to call the worker in messages.
    public String name() {
        return name;
    }

    /// Has an operation carried out so many times.
    ///
    /// @throws WorkerException if the worker cannot
    public Answer measure(String operation, int count) {
        try {
            requests.write(operation + " " + count + "\n");
            requests.flush();
        } catch (IOException e) {
            throw failure("has ended");
        }
        Map<String, List<Double>> series = new LinkedHashMap<>();
        String result = "";
        for (String line = next(); !line.equals(Answer.END); line = next()) {
            if (line.startsWith(Answer.SERIES)) {
                Answer.readSeries(line, series);
            } else if (line.startsWith(Answer.RESULT)) {
                result = line.substring(Answer.RESULT.length());
            } else if (line.startsWith(Answer.FAILED)) {
                throw failure("failed, operation=" + operation + " cause=" + line.substring(Answer.FAILED.length()));
            }
        }
        return new Answer(series, result);
    }

    /// Ends the process. Idempotent.
    @Override
    public void close() {
        try {
            requests.close();
        } catch (IOException e) {
            // It has ended by itself, which is what is wanted.
        }
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Files.deleteIfExists(stderr);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
