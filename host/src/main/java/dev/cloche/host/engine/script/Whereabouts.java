package dev.cloche.host.engine.script;

import dev.cloche.host.engine.BudgetExhaustedException;
import dev.cloche.host.engine.FuelTank;
import dev.cloche.host.engine.GuestFaults;
import dev.cloche.host.engine.memory.MemoryRefusedException;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.WasmInterruptedException;

/// Finds out where a script was that was stopped.
///
/// @param code knows the author's own files and lines
/// @param fuel gives the engine what it takes to tell
record Whereabouts(ScriptCode code, FuelTank fuel) {
    /// The script's stack; empty if that cannot be told.
    ///
    /// @param fault what unwound it
    /// @param js its engine; null if that had not started
    String of(RuntimeException fault, @Nullable JsRuntime js) {
        if (fault instanceof StoppedScriptException stopped) {
            return code.mapStack(GuestFaults.bounded(stopped.guestStack()));
        }
        boolean stopped = fault instanceof BudgetExhaustedException
                || fault instanceof MemoryRefusedException
                || fault instanceof WasmInterruptedException;
        if (js == null || !stopped) {
            return "";
        }
        fuel.overtime(fault);
        try {
            return code.mapStack(GuestFaults.bounded(told(js)));
        } catch (RuntimeException | StackOverflowError e) {
            // It was stopped where it cannot go on, not even for this.
            return "";
        }
    }

    private static String told(JsRuntime js) {
        try {
            return js.whereabouts();
        } catch (StoppedScriptException again) {
            // It asked whether to stop just when it was asked where it is.
            return JsRuntime.withoutQuestion(again.guestStack());
        }
    }
}
