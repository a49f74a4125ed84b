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
    private static final byte[] EMPTY = {};

    /// What the image says is dropped; null for a memory that is not stamped.
    private final boolean @Nullable [] stamped;

    private DataSegment[] segments = NONE;

    /// The segments of a stamped memory as a reset brings them back; empty where all are dropped.
    private DataSegment[] pristine = NONE;

    /// The engine copies a segment's bytes each time it is asked, so the last copy is kept while it is in use.
    private int lastSegment = -1;

    private byte[] lastContent = EMPTY;

    DataSegments(boolean @Nullable [] stamped) {
        this.stamped = stamped;
    }

    /// Takes over the instance's array. Active segments of this memory are written and dropped, unless it is stamped:
    /// then those are dropped that the image says.
    void initialize(LinearMemory memory, Instance instance, DataSegment[] dataSegments, int memoryIndex) {
        segments = dataSegments;
        if (stamped != null) {
            stamp(stamped);
            return;
        }
        for (int i = 0; i < segments.length; i++) {
            if (segments[i] instanceof ActiveDataSegment active && active.index() == memoryIndex) {
                write(memory, instance, active, i);
                segments[i] = PassiveDataSegment.EMPTY;
            }
        }
    }

    private static void write(LinearMemory memory, Instance instance, ActiveDataSegment active, int segment) {
        byte[] content = active.data();
        long address = ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions())[0]
                & LinearMemory.UNSIGNED;
        if (address + content.length > memory.length()) {
            throw new UninstantiableException("out of bounds memory access: segment=" + segment + " address=" + address
                    + " size=" + content.length + " limit=" + memory.length());
        }
        memory.store(address, content, 0, content.length);
    }

    private void stamp(boolean[] dropped) {
        if (dropped.length != segments.length) {
            throw new IllegalStateException(
                    "the image is of another module, segments=" + segments.length + " in-image=" + dropped.length);
        }
        boolean anyLeft = false;
        for (int i = 0; i < segments.length; i++) {
            if (dropped[i]) {
                segments[i] = PassiveDataSegment.EMPTY;
            }
            anyLeft |= !dropped[i];
        }
        pristine = anyLeft ? segments.clone() : NONE;
    }

    /// Brings back what was dropped since the stamp.
    void restore() {
        System.arraycopy(pristine, 0, segments, 0, pristine.length);
        forget();
    }

    boolean[] dropped() {
        boolean[] dropped = new boolean[segments.length];
        for (int i = 0; i < dropped.length; i++) {
            dropped[i] = isEmpty(i);
        }
        return dropped;
    }

    /// A segment that was empty from the beginning does not differ from one that is dropped.
    private boolean isEmpty(int segment) {
        return PassiveDataSegment.EMPTY.equals(segments[segment]);
    }

    byte[] content(int segment) {
        if (isEmpty(segment)) {
            forget();
            return EMPTY;
        }
        if (lastSegment != segment) {
            lastContent = segments[segment].data();
            lastSegment = segment;
        }
        return lastContent;
    }

    void drop(int segment) {
        segments[segment] = PassiveDataSegment.EMPTY;
        forget();
    }

    private void forget() {
        lastSegment = -1;
        lastContent = EMPTY;
    }
}
