package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.rewrite.CodeCosts;
import dev.cloche.host.engine.rewrite.SplitOptions;
import dev.cloche.host.engine.rewrite.SplitPass;
import dev.cloche.host.engine.rewrite.SplitReport;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/// A module whose giant functions are split, and its classes. Splitting goes by estimates; what counts is how long the
/// methods are in the end, so functions whose methods came out too long are split again, further.
public final class ModuleSplit {
    /// HotSpot compiles no method whose bytecode is this long or longer (unless told `-XX:-DontCompileHugeMethods`).
    public static final int HUGE_METHOD_BYTES = 8_000;

    /// Changes whenever splitting does: part of the key under which results are kept.
    public static final int VERSION = 2;

    /*
     * Well below what HotSpot compiles at all: it stops inlining into a method once the method and all that is inlined
     * into it pass 8,000 bytes, so that a loop of nearly that size would call for each access to memory.
     */
    private static final int LIMIT_BYTES = 5_000;

    private static final int TARGET_BYTES = 3_500;
    private static final int ROUNDS_MAX = 3;

    /// Bytes of modules that are compiled in all rounds together; the first is always made.
    private static final long COMPILED_BYTES_MAX = 4_000_000;

    private static final String FUNCTION_PREFIX = "func_";

    private final byte[] wasm;
    private final Map<String, byte[]> classes;
    private final SplitReport report;
    private final Map<String, Integer> huge;

    private ModuleSplit(byte[] wasm, Map<String, byte[]> classes, SplitReport report) {
        this.wasm = wasm;
        this.classes = classes;
        this.report = report;
        this.huge = hugeMethods(classes);
    }

    /// The module after splitting.
    public byte[] wasm() {
        return wasm.clone();
    }

    /// Its classes, by binary name, and what else the compiler made.
    public Map<String, byte[]> classes() {
        return classes;
    }

    /// What was split.
    public SplitReport report() {
        return report;
    }

    /// Methods that HotSpot does not compile all the same: their lengths by name.
    public Map<String, Integer> huge() {
        return huge;
    }

    /// The options of the first round.
    public static SplitOptions options() {
        return options(Map.of());
    }

    private static SplitOptions options(Map<Integer, Integer> targets) {
        return SplitOptions.DEFAULTS
                .withLimitBytes(LIMIT_BYTES)
                .withTargetBytes(TARGET_BYTES)
                .withTargets(targets)
                .withCosts(CodeCosts.SHORTENED);
    }

    /// Splits a module.
    ///
    /// @param compiler makes the classes of a module that has been split
    public static ModuleSplit of(byte[] original, Function<byte[], Map<String, byte[]>> compiler) {
        Map<Integer, Integer> targets = new TreeMap<>();
        ModuleSplit last = null;
        long compiled = 0;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            SplitPass.Result split = new SplitPass(options(targets)).run(original);
            if (last != null && Arrays.equals(split.wasm(), last.wasm)) {
                // What is too long still does not get shorter by a lower target.
                break;
            }
            compiled += split.wasm().length;
            if (last != null && compiled > COMPILED_BYTES_MAX) {
                break;
            }
            Map<String, byte[]> classes = compiler.apply(split.wasm());
            last = new ModuleSplit(split.wasm(), classes, split.report());
            if (!tighten(targets, last.huge())) {
                break;
            }
        }
        return Objects.requireNonNull(last);
    }

    /// @return whether some function of the original module can be split further
    private static boolean tighten(Map<Integer, Integer> targets, Map<String, Integer> huge) {
        huge.keySet().stream()
                .filter(name -> name.startsWith(FUNCTION_PREFIX))
                .map(name -> Integer.valueOf(name.substring(FUNCTION_PREFIX.length())))
                .forEach(index -> targets.merge(index, TARGET_BYTES / 2, (target, half) -> target / 2));
        return !huge.isEmpty();
    }

    /// The methods of the classes that HotSpot does not compile: their lengths by name.
    public static Map<String, Integer> hugeMethods(Map<String, byte[]> classes) {
        Map<String, Integer> huge = new TreeMap<>();
        classes.values().stream()
                .filter(GeneratedClasses::isClass)
                .forEach(bytes -> ClassFile.of()
                        .parse(bytes)
                        .methods()
                        .forEach(method -> method.code()
                                .map(code -> ((CodeAttribute) code).codeLength())
                                .filter(length -> length >= HUGE_METHOD_BYTES)
                                .ifPresent(
                                        length -> huge.put(method.methodName().stringValue(), length))));
        return huge;
    }
}
