package dev.cloche.host.engine.wasm;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The guest's stack at a trap, read from the JVM's: each wasm function is a JVM method `func_N` of a generated class.
final class GuestStack {
    /// Deeper frames are left out.
    static final int FRAMES_MAX = 32;

    private static final String METHOD_PREFIX = "func_";

    private GuestStack() {}

    /// One line a frame, innermost first, in the author's names where the module has a name section.
    static String of(Throwable fault, WasmCode code) {
        return Arrays.stream(fault.getStackTrace())
                .filter(frame -> frame.getMethodName().startsWith(METHOD_PREFIX))
                .limit(FRAMES_MAX)
                .map(frame -> "    at " + name(frame.getMethodName(), code))
                .collect(Collectors.joining("\n"));
    }

    private static String name(String method, WasmCode code) {
        try {
            return code.functionName(Integer.parseInt(method.substring(METHOD_PREFIX.length())));
        } catch (NumberFormatException e) {
            return method;
        }
    }
}
