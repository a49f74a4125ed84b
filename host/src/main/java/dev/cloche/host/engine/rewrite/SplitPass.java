package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Splits giant functions, so that the JVM compiles all of them: HotSpot leaves methods above 8,000 bytes to its
/// interpreter. Parts of a giant become functions of their own; what the module does stays the same. A pure
/// function: the same module and options give the same bytes.
public final class SplitPass {
    /// Functions with less code than this part of their limit cannot be too large, and are not looked into.
    private static final int CODE_BYTES_PART = 6;

    /// Steps in which the functions of one module are split. Functions that would take more than are left stay whole.
    private static final long WORK_MAX = 20_000_000;

    private final SplitOptions options;

    public SplitPass(SplitOptions options) {
        this.options = options;
    }

    /// A module and what was done to it.
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, never compared.
    public record Result(byte[] wasm, SplitReport report) {}

    /// Splits a module given as bytes.
    ///
    /// @throws RewriteException if the module is malformed
    public Result run(byte[] wasm) {
        var module = ModuleModel.parse(wasm);
        var report = run(module);
        return new Result(module.encode(), report);
    }

    /// What [#run] would do.
    public SplitReport inspect(byte[] wasm) {
        return run(ModuleModel.parse(wasm));
    }

    /// Splits the functions of a module in place.
    public SplitReport run(ModuleModel module) {
        var scratch = new Scratch.Globals(module);
        var functions = new ArrayList<SplitReport.Function>();
        int end = module.functionCount();
        long work = WORK_MAX;
        for (int index = module.importedFunctions(); index < end; index++) {
            int limit = options.targets().getOrDefault(index, options.limitBytes());
            if (module.codeBytes(index) > limit / CODE_BYTES_PART) {
                work -= split(module, index, limit, work, scratch, functions);
            }
        }
        return new SplitReport(functions, module.functionCount() - end, scratch.count());
    }

    /// @param work the steps that are left
    /// @return how many it took
    private long split(
            ModuleModel module,
            int index,
            int limit,
            long work,
            Scratch scratch,
            List<SplitReport.Function> functions) {
        switch (module.decode(index)) {
            case Decoded.Opaque opaque ->
                functions.add(new SplitReport.Kept(index, module.codeBytes(index), opaque.reason()));
            case Decoded.Tree(Body body) -> {
                int before = CodeSize.of(options.costs(), body);
                if (before <= limit) {
                    return 0;
                }
                long steps = SplitWork.of(body);
                String reason = whyWhole(body, steps, work);
                if (reason != null) {
                    functions.add(new SplitReport.Kept(index, module.codeBytes(index), reason));
                    return 0;
                }
                int target = Math.min(options.targets().getOrDefault(index, options.targetBytes()), limit);
                var splitter = new Splitter(module, options, scratch);
                int after = splitter.split(Returns.normalize(index, body), target);
                functions.add(new SplitReport.Split(
                        index, before, after, splitter.outlined(), splitter.dispatchers(), splitter.refusals()));
                return steps;
            }
        }
        return 0;
    }

    private static @Nullable String whyWhole(Body body, long steps, long work) {
        if (Trees.hasTailCall(body.root().body())) {
            return "tail calls";
        }
        if (body.type().results().size() > 1) {
            return "several results";
        }
        return steps > work ? "it takes too much work, steps=" + steps + " left=" + work : null;
    }
}
