package dev.cloche.host.engine.memory;

import org.jspecify.annotations.Nullable;
import run.endive.runtime.ConstantEvaluators;
import run.endive.runtime.Instance;
import run.endive.wasm.UninstantiableException;
import run.endive.wasm.types.ActiveDataSegment;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.PassiveDataSegment;

/// The data segments of one instance, as its memory sees them.
///
/// The array belongs to the instance, which drops a segment by putting [PassiveDataSegment#EMPTY] in its place; so what
/// is dropped is read from the array and nowhere else.
final class DataSegments {
    private static final DataSegment[] NONE = {};

    private DataSegment[] segments = NONE;

    /// The engine copies a segment's bytes each time it is asked, so the last copy is kept while it is in use.
    private int lastSegment = -1;

    private byte[] lastContent = {};

    void initialize(LinearMemory memory, Instance instance, DataSegment @Nullable [] dataSegments, int memoryIndex) {
        segments = dataSegments == null ? NONE : dataSegments;
        for (int i = 0; i < segments.length; i++) {
            if (segments[i] instanceof ActiveDataSegment active && active.index() == memoryIndex) {
                byte[] content = active.data();
                long address = (int) ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions())[0]
                        & LinearMemory.UNSIGNED;
                if (address + content.length > memory.length()) {
                    throw new UninstantiableException("out of bounds memory access: segment=" + i + " address="
                            + address + " size=" + content.length + " limit=" + memory.length());
                }
                memory.store(address, content, 0, content.length);
                segments[i] = PassiveDataSegment.EMPTY;
            }
        }
    }

    byte[] content(int segment) {
        if (segments[segment] == PassiveDataSegment.EMPTY) {
            return PassiveDataSegment.EMPTY.data();
        }
        if (lastSegment != segment) {
            lastContent = segments[segment].data();
            lastSegment = segment;
        }
        return lastContent;
    }

    void drop(int segment) {
        segments[segment] = PassiveDataSegment.EMPTY;
        if (lastSegment == segment) {
            lastSegment = -1;
            lastContent = PassiveDataSegment.EMPTY.data();
        }
    }
}
