package dev.cloche.host.conformance;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One step of a script. Lines are those of the script's source in the text format.
sealed interface Command {
    int line();

    /// What it is called in scripts.
    String label();

    /// Makes an instance, which is the current one from now on.
    record Instantiate(int line, @Nullable String name, String file) implements Command {
        @Override
        public String label() {
            return "module";
        }
    }

    /// Offers an instance's exports to the modules that follow.
    ///
    /// @param name of the instance; the current one if null
    record Register(int line, @Nullable String name, String as) implements Command {
        @Override
        public String label() {
            return "register";
        }
    }

    /// Does something that must not trap.
    record Perform(int line, Action action) implements Command {
        @Override
        public String label() {
            return "action";
        }
    }

    /// Does something that must give these values.
    record AssertReturn(int line, Action action, List<WasmValue> expected) implements Command {
        public AssertReturn {
            expected = List.copyOf(expected);
        }

        @Override
        public String label() {
            return "assert_return";
        }
    }

    /// Does something that must trap so.
    record AssertTrap(int line, String label, Action action, String text) implements Command {}

    /// Hands over a module that must not come to run.
    ///
    /// @param textual whether the file is in the text format
    record AssertRefused(int line, Refusal refusal, String file, String text, boolean textual) implements Command {
        @Override
        public String label() {
            return refusal.label;
        }
    }

    /// A step that this runner does not know.
    record Unknown(int line, String label) implements Command {}

    /// Why a module must not come to run.
    enum Refusal {
        MALFORMED("assert_malformed"),
        INVALID("assert_invalid"),
        UNLINKABLE("assert_unlinkable"),
        UNINSTANTIABLE("assert_uninstantiable");

        final String label;

        Refusal(String label) {
            this.label = label;
        }
    }

    /// A call of an exported function, or a look at an exported global.
    ///
    /// @param module name of the instance; the current one if null
    record Action(boolean invoke, @Nullable String module, String field, List<WasmValue> arguments) {
        public Action {
            arguments = List.copyOf(arguments);
        }
    }
}
