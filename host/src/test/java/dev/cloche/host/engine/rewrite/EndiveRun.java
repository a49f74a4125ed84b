package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/// Runs a generated module on Endive and looks at everything. The file `fuzz.mjs` does the same on V8, to the
/// letter.
final class EndiveRun {
    static final int ROUNDS = 2;
    static final int CALLS = 5;
    static final int[] ARGUMENTS = {0, 1, -1, 7, 1_000, 123_456_789};
    static final int FUEL_SHORT = 120;
    static final int FUEL_LONG = 600;

    private static final int DEPTH_MAX = 3;
    private static final int HOST_LINES_MAX = 1_000;
    private static final int FILLED = 4_096;
    private static final int PAGE = 65_536;
    private static final FunctionType HOST_CALL =
            FunctionType.of(List.of(ValType.I32, ValType.I32), List.of(ValType.I32));

    private final ModuleLayout.TestModule generated;
    private final Instance instance;
    private final List<String> lines = new ArrayList<>();
    private final List<String> hostLines = new ArrayList<>();
    private final List<CallFuel> fuels = new ArrayList<>();
    private final ToLongFunction<Instance> fuelCount;
    private int depth;

    /// What a call used, and whether it ended without a trap.
    record CallFuel(long units, boolean returned) {}

    /// The host's own fault, thrown through the guest.
    private static final class HostFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HostFault() {
            super("host fault");
        }
    }

    private EndiveRun(ModuleLayout.TestModule generated, Pipeline.Subject subject) {
        this.generated = generated;
        this.fuelCount = subject.fuel();
        var builder = Instance.builder(subject.module())
                .withImportValues(ImportValues.builder()
                        .addFunction(new ImportFunction("host", "call", HOST_CALL, this::hostCall))
                        .build());
        subject.wiring().accept(builder);
        this.instance = builder.build();
    }

    static Observation observe(ModuleLayout.TestModule generated, Pipeline.Subject subject) {
        return new EndiveRun(generated, subject).run();
    }

    /// The fuel that each call used, or nothing if one of them exhausted the stack.
    static List<CallFuel> fuels(ModuleLayout.TestModule generated, Pipeline.Subject subject) {
        var run = new EndiveRun(generated, subject);
        return run.run().exhausted() ? List.of() : run.fuels;
    }

    private Observation run() {
        int salt = Math.floorMod(generated.seed(), PAGE);
        for (int i = 0; i < FILLED; i++) {
            instance.memory().writeByte((i * 7_919 + salt * 31) & (PAGE - 1), (byte) (i * 31 + salt));
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int function = 0; function < generated.functions().size(); function++) {
                for (int call = 0; call < CALLS; call++) {
                    call(round, function, call);
                }
            }
        }
        lines.addAll(hostLines);
        lines.add(table());
        lines.add("memory " + instance.memory().pages() + " " + hash());
        return new Observation(lines);
    }

    private void call(int round, int function, int call) {
        var params = generated.functions().get(function).params();
        long[] arguments = new long[params.size()];
        for (int i = 0; i < arguments.length; i++) {
            int value = ARGUMENTS[(call * 2 + i * 3 + round) % ARGUMENTS.length];
            arguments[i] = argument(params.get(i), value, i % 2 == 1);
        }
        instance.exports().global("g" + ModuleLayout.FUEL).setValue(call == CALLS - 1 ? FUEL_LONG : FUEL_SHORT);
        depth = 0;
        long before = fuelUsed();
        String end = call(function, arguments);
        lines.add(end);
        fuels.add(new CallFuel(fuelUsed() - before, end.startsWith("results")));
        var globals = new StringBuilder("globals");
        for (int i = 0; i < generated.globals().size(); i++) {
            globals.append(' ')
                    .append(text(
                            generated.globals().get(i),
                            instance.exports().global("g" + i).getValue()));
        }
        lines.add(globals.toString());
    }

    private long fuelUsed() {
        return fuelCount.applyAsLong(instance);
    }

    private static long argument(ValueType type, int value, boolean large) {
        return switch (type) {
            case I32 -> value;
            case I64 -> value * (large ? 4_294_967_311L : 1L);
            case F32 -> Float.floatToRawIntBits(value / 3f);
            default -> Double.doubleToRawLongBits(value / 3d);
        };
    }

    private String call(int function, long[] arguments) {
        try {
            long[] results = instance.export("f" + function).apply(arguments);
            var types = generated.functions().get(function).results();
            var text = new StringBuilder("results");
            for (int i = 0; i < types.size(); i++) {
                text.append(' ').append(text(types.get(i), results[i]));
            }
            return text.toString();
        } catch (RuntimeException e) {
            return Observation.trap(String.valueOf(e.getMessage()));
        } catch (StackOverflowError e) {
            return Observation.trap("call stack");
        }
    }

    private long[] hostCall(Instance caller, long... arguments) {
        int a = (int) arguments[0];
        int b = (int) arguments[1];
        log("host " + a + " " + b);
        if (depth < DEPTH_MAX && ((a ^ b) & 1) != 0) {
            return new long[] {reenter(a, b)};
        }
        if ((a * 31 + b) % 97 == 0) {
            throw new HostFault();
        }
        return new long[] {a * 7 + b};
    }

    private int reenter(int a, int b) {
        depth++;
        try {
            int function = (a >>> 1) % generated.functions().size();
            var type = generated.functions().get(function);
            long[] arguments = new long[type.params().size()];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = argument(type.params().get(i), b + i, false);
            }
            long[] results = instance.export("f" + function).apply(arguments);
            if (type.results().isEmpty()) {
                log("again");
                return 5;
            }
            var result = type.results().getFirst();
            log("again " + text(result, results[0]));
            return result == ValueType.I32 ? (int) results[0] ^ 5 : 7;
        } finally {
            depth--;
        }
    }

    private void log(String line) {
        if (hostLines.size() < HOST_LINES_MAX) {
            hostLines.add(line);
        }
    }

    private static String text(ValueType type, long bits) {
        return switch (type) {
            case I32 -> Integer.toString((int) bits);
            case I64 -> Long.toString(bits);
            case F32 -> Float.isNaN(Float.intBitsToFloat((int) bits)) ? "nan" : "f" + (int) bits;
            default -> Double.isNaN(Double.longBitsToDouble(bits)) ? "nan" : "d" + bits;
        };
    }

    private String table() {
        var table = instance.exports().table("table");
        var text = new StringBuilder("table");
        for (int i = 0; i < ModuleLayout.TABLE_SIZE; i++) {
            int function = table.ref(i);
            text.append(' ').append(function < 0 ? "null" : "f" + (function - 1));
        }
        return text.toString();
    }

    private int hash() {
        byte[] memory = instance.memory().readBytes(0, instance.memory().pages() * PAGE);
        int hash = 0x811C9DC5;
        for (byte each : memory) {
            hash = (hash ^ (each & 0xFF)) * 0x01000193;
        }
        return hash;
    }
}
