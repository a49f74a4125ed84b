package dev.cloche.host.engine.compile;

import run.endive.wasm.MalformedException;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// Endive's parser, which tells of some malformed modules by whatever its own code then throws.
public final class EndiveParser {
    private EndiveParser() {}

    /// Parses and validates a module.
    ///
    /// @throws WasmEngineException if it is not valid
    public static WasmModule parse(byte[] wasm) {
        try {
            return Parser.parse(wasm);
        } catch (WasmEngineException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MalformedException("malformed, cause=" + e, e);
        }
    }
}
