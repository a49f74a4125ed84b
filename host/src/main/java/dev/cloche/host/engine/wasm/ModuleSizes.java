package dev.cloche.host.engine.wasm;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.engine.rewrite.ModuleLimit;
import dev.cloche.host.engine.rewrite.ModuleScan;
import dev.cloche.host.engine.rewrite.RewriteException;
import java.util.List;
import java.util.Locale;

/// Refuses modules that would take too long or too much memory to compile, before anything else is done with them.
final class ModuleSizes {
    private ModuleSizes() {}

    /// @param process whether the module is compiled in a process of its own
    /// @throws BundleException with everything in which the module is too large, or if it is malformed
    static void check(Bundle bundle, boolean process) {
        String path = bundle.manifest().entry();
        List<Violation> violations;
        try {
            violations = ModuleScan.of(bundle.code().unsafeBytes(), process).excesses().stream()
                    .map(excess -> violation(path, excess))
                    .toList();
        } catch (RewriteException e) {
            violations = List.of(WasmCode.invalid(path, e.getMessage()));
        }
        if (!violations.isEmpty()) {
            throw new BundleException(bundle.manifest().name(), violations);
        }
    }

    private static Violation violation(String path, ModuleScan.Excess excess) {
        ModuleLimit limit = excess.limit();
        String message = String.format(
                Locale.ROOT,
                "%s has %d %s, the limit for %s is %d, limit=%s offset=%d",
                excess.where(),
                excess.amount(),
                limit.unit(),
                limit.meaning(),
                excess.maximum(),
                limit.label(),
                excess.offset());
        String hint = excess.amount() <= limit.maximum(true)
                ? limit.hint() + "; or set \"compile\": {\"process\": true} in settings.json, with which it may have "
                        + limit.maximum(true)
                : limit.hint();
        return new Violation("file:" + path, message, hint);
    }
}
