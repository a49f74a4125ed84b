package dev.cloche.host.engine.memory;

/// The mutable numeric globals of a module, kept beside its memory: compiled code reaches each with one field access.
///
/// A slot holds the value as the engine's own global gives it: an `i32` as a `long`, an `i64`, the raw bits of a float.
/// Not for use by several threads at once.
public abstract sealed class GlobalSlots permits LinearMemory {
    /// Slots that are fields of their own; the others lie in [#globals].
    public static final int FIELDS = 16;

    /// What is left of the slice of fuel that runs. The call's and not the guest's: no slot, and in no snapshot.
    public long fuel;

    public long g0, g1, g2, g3, g4, g5, g6, g7;
    public long g8, g9, g10, g11, g12, g13, g14, g15;

    /// The slots from [#FIELDS] on.
    public final long[] globals;

    private final int count;

    GlobalSlots(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("the number of globals must not be negative, count=" + count);
        }
        this.count = count;
        this.globals = new long[Math.max(0, count - FIELDS)];
    }

    /// The number of slots in use.
    public final int globalCount() {
        return count;
    }

    /// The value of any slot. For the host; compiled code reads the fields.
    public final long global(int slot) {
        return switch (slot) {
            case 0 -> g0;
            case 1 -> g1;
            case 2 -> g2;
            case 3 -> g3;
            case 4 -> g4;
            case 5 -> g5;
            case 6 -> g6;
            case 7 -> g7;
            case 8 -> g8;
            case 9 -> g9;
            case 10 -> g10;
            case 11 -> g11;
            case 12 -> g12;
            case 13 -> g13;
            case 14 -> g14;
            case 15 -> g15;
            default -> globals[slot - FIELDS];
        };
    }

    /// Sets any slot. For the host; compiled code has a method a slot.
    public final void global(int slot, long value) {
        switch (slot) {
            case 0 -> g0 = value;
            case 1 -> g1 = value;
            case 2 -> g2 = value;
            case 3 -> g3 = value;
            case 4 -> g4 = value;
            case 5 -> g5 = value;
            case 6 -> g6 = value;
            case 7 -> g7 = value;
            case 8 -> g8 = value;
            case 9 -> g9 = value;
            case 10 -> g10 = value;
            case 11 -> g11 = value;
            case 12 -> g12 = value;
            case 13 -> g13 = value;
            case 14 -> g14 = value;
            case 15 -> g15 = value;
            default -> globals[slot - FIELDS] = value;
        }
    }

    /// The values of all slots in use.
    public final long[] globalValues() {
        long[] values = new long[count];
        for (int slot = 0; slot < count; slot++) {
            values[slot] = global(slot);
        }
        return values;
    }

    /// Sets all slots.
    public final void globalValues(long[] values) {
        if (values.length != count) {
            throw new IllegalArgumentException(
                    "the number of values is not that of the globals, globals=" + count + ", values=" + values.length);
        }
        for (int slot = 0; slot < count; slot++) {
            global(slot, values[slot]);
        }
    }

    public static long extraGlobal(int slot, LinearMemory memory) {
        return memory.globals[slot - FIELDS];
    }

    public static void setExtraGlobal(long value, int slot, LinearMemory memory) {
        memory.globals[slot - FIELDS] = value;
    }

    public static void setG0(long value, LinearMemory memory) {
        memory.g0 = value;
    }

    public static void setG1(long value, LinearMemory memory) {
        memory.g1 = value;
    }

    public static void setG2(long value, LinearMemory memory) {
        memory.g2 = value;
    }

    public static void setG3(long value, LinearMemory memory) {
        memory.g3 = value;
    }

    public static void setG4(long value, LinearMemory memory) {
        memory.g4 = value;
    }

    public static void setG5(long value, LinearMemory memory) {
        memory.g5 = value;
    }

    public static void setG6(long value, LinearMemory memory) {
        memory.g6 = value;
    }

    public static void setG7(long value, LinearMemory memory) {
        memory.g7 = value;
    }

    public static void setG8(long value, LinearMemory memory) {
        memory.g8 = value;
    }

    public static void setG9(long value, LinearMemory memory) {
        memory.g9 = value;
    }

    public static void setG10(long value, LinearMemory memory) {
        memory.g10 = value;
    }

    public static void setG11(long value, LinearMemory memory) {
        memory.g11 = value;
    }

    public static void setG12(long value, LinearMemory memory) {
        memory.g12 = value;
    }

    public static void setG13(long value, LinearMemory memory) {
        memory.g13 = value;
    }

    public static void setG14(long value, LinearMemory memory) {
        memory.g14 = value;
    }

    public static void setG15(long value, LinearMemory memory) {
        memory.g15 = value;
    }
}
