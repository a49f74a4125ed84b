package dev.cloche.host.conformance;

import run.endive.runtime.GlobalInstance;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.TableInstance;
import run.endive.wasm.types.MemoryLimits;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.ValType;

/// One way from a module's bytes to a running instance. The suite runs through each, and their results are compared.
public interface Pipeline {
    /// Short, without spaces: it selects the pipeline on the command line and heads its columns.
    String name();

    /// What the instances of one script live in.
    Session open();

    /// All instances of one script, which may be linked with each other. Used by one thread at a time, save that
    /// [#close] may come from another one when no guest runs any more.
    interface Session extends AutoCloseable {
        /// Parses, checks, compiles and links a module, and runs its start function.
        ///
        /// @throws NotOfferedException if the pipeline refuses a valid module, because it uses something not offered
        Instance instantiate(byte[] module, ImportValues imports);

        /// A memory of the kind that this pipeline's instances have, for the module that the suite imports from.
        Memory memory(MemoryLimits limits);

        /// A table of nulls of the kind that this pipeline's instances have.
        default TableInstance table(Table table) {
            return new TableInstance(table, run.endive.wasm.types.Value.REF_NULL_VALUE);
        }

        /// A global of the kind that this pipeline's instances have.
        default GlobalInstance global(long value, ValType type, MutabilityType mutability) {
            return GlobalInstance.builder()
                    .valueLow(value)
                    .valType(type)
                    .mutabilityType(mutability)
                    .build();
        }

        /// What it means that this was thrown. To be extended where a pipeline throws exceptions of its own.
        default Ending ending(Throwable thrown) {
            return Ending.of(thrown);
        }

        /// Asks the guest that runs to stop, beside the interrupt of its thread, or takes that back. Called from
        /// another thread than the guest's.
        default void stop(boolean requested) {
            // Endive looks at the interrupt.
        }

        /// Releases what the instances held.
        @Override
        void close();
    }
}
