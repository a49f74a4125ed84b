package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.cache.ClassesCodec;
import dev.cloche.host.engine.rewrite.UncountableException;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import run.endive.wasm.WasmEngineException;

/// The program of a process that compiles one module and ends. It reads the module from its standard input, answers on
/// its standard output, and ends at once when its input does: then whoever asked has gone.
///
/// ```
/// asked  := fuel:byte split:byte length:int module        answer := kind:byte (classes | message)
/// ```
public final class CompileProcess {
    static final int CLASSES = 1;
    static final int INVALID = 2;
    static final int UNCOUNTABLE = 3;
    static final int FAILED = 4;

    /// Characters of a message; there is nobody who reads more.
    static final int MESSAGE_CHARS_MAX = 8_000;

    private static final int ORPHANED = 5;

    private CompileProcess() {}

    public static void main(String[] arguments) throws IOException {
        var answers = new FileOutputStream(FileDescriptor.out);
        // Whatever else is printed is no answer.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        var in = new DataInputStream(System.in);
        var rewrite = new ModuleCompiler.Rewrite(in.readBoolean(), in.readBoolean());
        byte[] wasm = new byte[in.readInt()];
        in.readFully(wasm);
        Thread.ofPlatform().daemon().name("compile-orphaned").start(() -> endWith(in));
        answer(wasm, rewrite, new BufferedOutputStream(answers));
    }

    private static void endWith(InputStream in) {
        try {
            while (in.read() >= 0) {
                // There is nothing more to be read.
            }
        } catch (IOException _) {
            // The pipe has broken, which is an end too.
        }
        Runtime.getRuntime().halt(ORPHANED);
    }

    private static void answer(byte[] wasm, ModuleCompiler.Rewrite rewrite, OutputStream answers) throws IOException {
        var out = new DataOutputStream(answers);
        try {
            Map<String, byte[]> classes = LocalBuild.classes(wasm, rewrite, _ -> {});
            out.writeByte(CLASSES);
            new ClassesCodec().write(classes, out);
        } catch (CompileFailedException e) {
            failed(FAILED, e, out);
        } catch (WasmEngineException e) {
            RuntimeException told = e.getCause() instanceof UncountableException cause ? cause : e;
            failed(told instanceof UncountableException ? UNCOUNTABLE : INVALID, told, out);
        }
        out.flush();
    }

    private static void failed(int kind, RuntimeException failure, DataOutputStream out) throws IOException {
        String message = String.valueOf(failure.getMessage());
        out.writeByte(kind);
        out.writeUTF(message.substring(0, Math.min(message.length(), MESSAGE_CHARS_MAX)));
    }
}
