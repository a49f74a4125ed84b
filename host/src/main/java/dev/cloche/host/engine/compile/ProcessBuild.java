package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.cache.ClassesCodec;
import dev.cloche.host.engine.rewrite.FuelGlobals;
import dev.cloche.host.engine.rewrite.UncountableException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// Has each module compiled by a process of its own, with a heap of its own, that is ended at its deadline. Nothing it
/// does can take the host's memory or time. Safe for use by many threads.
///
/// What comes back is data until it has been looked at: bounded in size, of the right form, and with no class outside
/// the package of compiled guests. The JVM verifies the classes when they are loaded, as it does those from the cache.
final class ProcessBuild implements ModuleBuild {
    /// Processes at a time; whoever comes later waits within its own timeout.
    private static final int PROCESSES_MAX = 2;

    /// The largest answer that is read.
    private static final int ANSWER_BYTES_MAX = 128 << 20;

    /// How much is kept of what a process says on its standard error.
    private static final int COMPLAINT_BYTES_MAX = 2_000;

    private static final int METASPACE_MIB = 128;
    private static final int CODE_CACHE_MIB = 64;

    private final CompileSettings settings;
    private final Semaphore turns = new Semaphore(PROCESSES_MAX, true);

    ProcessBuild(CompileSettings settings) {
        this.settings = settings;
    }

    @Override
    public Map<String, byte[]> classes(byte[] wasm, ModuleCompiler.Rewrite rewrite, Consumer<WasmModule> check) {
        try {
            if (!turns.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CompileFailedException(
                        "other modules were being compiled all the time, compile.timeout=" + settings.timeout());
            }
            try {
                return inProcess(wasm, rewrite);
            } finally {
                turns.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WasmEngineException("interrupted while the module was compiled", e);
        } catch (IOException e) {
            throw new CompileFailedException("no process can be started to compile it, cause=" + e);
        }
    }

    private Map<String, byte[]> inProcess(byte[] wasm, ModuleCompiler.Rewrite rewrite)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command(settings.memoryBytes()));
        // Options for this JVM, and its secrets, are none of the other's.
        builder.environment().keySet().removeIf(name -> !name.equalsIgnoreCase("SystemRoot"));
        Process process = builder.start();
        try {
            CompletableFuture<byte[]> complaint =
                    async(() -> read(process.getErrorStream(), COMPLAINT_BYTES_MAX, true));
            CompletableFuture<byte[]> answer = async(() -> read(process.getInputStream(), ANSWER_BYTES_MAX + 1, false));
            var _ = async(() -> ask(process.getOutputStream(), wasm, rewrite));
            byte[] answered = answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            return answered.length == 0 ? failed(process, complaint) : classes(answered);
        } catch (TimeoutException e) {
            throw new CompileFailedException("it took too long, compile.timeout=" + settings.timeout());
        } catch (ExecutionException e) {
            throw new CompileFailedException("its compiler's answer cannot be read, cause=" + e.getCause());
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private static <T> CompletableFuture<T> async(Supplier<T> work) {
        return CompletableFuture.supplyAsync(
                work, task -> Thread.ofVirtual().name("compile-process").start(task));
    }

    /// The command that starts the process, in the way in which this one was.
    static List<String> command(long memoryBytes) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + memoryBytes,
                "-XX:MaxMetaspaceSize=" + METASPACE_MIB + "m",
                "-XX:ReservedCodeCacheSize=" + CODE_CACHE_MIB + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                // Its last words there would be taken for an answer.
                "-XX:+DisplayVMOutputToStderr",
                // Nothing may be left behind when it is ended.
                "-XX:-UsePerfData",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:+SuppressFatalErrorMessage"));
        Module own = CompileProcess.class.getModule();
        String main = CompileProcess.class.getName();
        if (own.isNamed()) {
            command.addAll(List.of("--module-path", System.getProperty("jdk.module.path", "")));
            command.addAll(List.of("--module", own.getName() + "/" + main));
        } else {
            command.addAll(List.of("--class-path", System.getProperty("java.class.path", ""), main));
        }
        return command;
    }

    /// Asks, and leaves the pipe open: its end would end the process.
    private static boolean ask(OutputStream to, byte[] wasm, ModuleCompiler.Rewrite rewrite) {
        try {
            var out = new DataOutputStream(to);
            out.writeBoolean(rewrite.fuel());
            out.writeBoolean(rewrite.split());
            out.writeInt(wasm.length);
            out.write(wasm);
            out.flush();
            return true;
        } catch (IOException _) {
            // It has ended already; its answer, or the lack of one, says why.
            return false;
        }
    }

    private static byte[] read(InputStream from, int bytesMax, boolean rest) {
        try (from) {
            byte[] bytes = from.readNBytes(bytesMax);
            if (rest) {
                from.transferTo(OutputStream.nullOutputStream());
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, byte[]> failed(Process process, CompletableFuture<byte[]> complaint)
            throws InterruptedException, ExecutionException, TimeoutException {
        byte[] said = complaint.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        int status = process.waitFor();
        String text = new String(said, StandardCharsets.UTF_8);
        if (text.contains("OutOfMemoryError")) {
            throw new CompileFailedException("it took too much memory, compile.memory=" + settings.memoryBytes());
        }
        throw new CompileFailedException("its compiler ended without an answer: "
                + text.lines().findFirst().orElse("it said nothing") + ", status=" + status);
    }

    /// What an answer says.
    static Map<String, byte[]> classes(byte[] answer) {
        try {
            if (answer.length > ANSWER_BYTES_MAX) {
                throw new IOException("it is too large, bytes-max=" + ANSWER_BYTES_MAX);
            }
            var in = new DataInputStream(new ByteArrayInputStream(answer));
            int kind = in.readByte();
            return switch (kind) {
                case CompileProcess.CLASSES ->
                    verified(ClassesCodec.read(Arrays.copyOfRange(answer, 1, answer.length)));
                case CompileProcess.INVALID -> throw new WasmEngineException(in.readUTF());
                case CompileProcess.FAILED -> throw new CompileFailedException(in.readUTF());
                case CompileProcess.UNCOUNTABLE -> {
                    var cause = new UncountableException(in.readUTF());
                    throw new WasmEngineException("the module's fuel cannot be counted: " + cause.getMessage(), cause);
                }
                default -> throw new IOException("it is of an unknown kind, kind=" + kind);
            };
        } catch (IOException | IllegalArgumentException e) {
            throw new CompileFailedException("its compiler's answer cannot be used, cause=" + e);
        }
    }

    private static Map<String, byte[]> verified(Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            boolean known = switch (file.getKey()) {
                case ModuleCompiler.MODULE_FILE, ModuleCompiler.INTERPRETED_FILE, ModuleCompiler.FUEL_FILE -> true;
                default ->
                    file.getKey().startsWith(ModuleCompiler.MAIN_CLASS) && GeneratedClasses.isClass(file.getValue());
            };
            if (!known) {
                throw new IOException("there is what was not asked for, file=" + file.getKey());
            }
        }
        byte[] fuel = files.get(ModuleCompiler.FUEL_FILE);
        if (fuel == null || !files.containsKey(ModuleCompiler.MODULE_FILE)) {
            throw new IOException("the module is missing, files=" + files.size());
        }
        FuelGlobals.parse(new String(fuel, StandardCharsets.UTF_8));
        return files;
    }
}
