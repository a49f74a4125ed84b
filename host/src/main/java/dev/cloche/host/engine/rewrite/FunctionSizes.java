package dev.cloche.host.engine.rewrite;

import java.util.Set;
import java.util.TreeSet;

/// How much JVM code the functions of a module become.
public final class FunctionSizes {
    /// An instruction becomes more than a byte, and none becomes more than this many for each of its own.
    private static final int BYTES_PER_BYTE_MAX = 12;

    private FunctionSizes() {}

    /// The functions that become more than so many bytes, by an estimate.
    ///
    /// @throws RewriteException if the module is malformed
    public static Set<Integer> above(byte[] wasm, int bytes) {
        var module = ModuleModel.parse(wasm);
        var above = new TreeSet<Integer>();
        for (int index = module.importedFunctions(); index < module.functionCount(); index++) {
            if (module.codeBytes(index) > bytes / BYTES_PER_BYTE_MAX
                    && module.decode(index) instanceof Decoded.Tree(Body body)
                    && CodeSize.of(CodeCosts.ENGINE, body) > bytes) {
                above.add(index);
            }
        }
        return above;
    }
}
