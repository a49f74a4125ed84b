package dev.cloche.host.engine.rewrite;

import java.util.Locale;

/// Has a module count what it executes, so that it can be stopped after a certain amount of work, everywhere at the
/// same instruction. Charges are part of the module, so they are the same compiled, interpreted, or split afterwards. A
/// pure function: the same module gives the same bytes.
public final class FuelPass {
    /// Changes whenever what is charged does: part of the key under which results are kept.
    public static final int VERSION = 1;

    private FuelPass() {}

    /// A module that counts its fuel.
    ///
    /// @param globals where it does
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, never compared.
    public record Result(byte[] wasm, FuelGlobals globals) {}

    /// Rewrites a module given as bytes.
    ///
    /// @throws UncountableException if it has instructions whose fuel cannot be counted
    /// @throws RewriteException if it is malformed
    public static Result run(byte[] wasm) {
        var module = ModuleModel.parse(wasm);
        FuelGlobals globals = run(module);
        return new Result(module.encode(), globals);
    }

    private static FuelGlobals run(ModuleModel module) {
        var globals = new FuelGlobals(module.addGlobal(ValueType.I64), module.addGlobal(ValueType.I64));
        for (int index = module.importedFunctions(); index < module.functionCount(); index++) {
            switch (module.decode(index)) {
                case Decoded.Opaque opaque ->
                    throw new UncountableException(
                            String.format(
                                    Locale.ROOT,
                                    "func[%d] has instructions whose fuel cannot be counted: %s",
                                    index,
                                    opaque.reason()),
                            module.codeStart(index));
                case Decoded.Tree tree -> {
                    new FuelInserter(globals, module.importedFunctions(), tree.body()).run();
                    module.define(index, tree.body());
                }
            }
        }
        return globals;
    }
}
