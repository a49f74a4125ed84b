package dev.cloche.host.conformance;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.CallResult;
import run.endive.wasm.types.Value;

/// A value as scripts write it: an argument, or what a result is held against.
///
/// @param laneType of a vector; empty for all else
/// @param parts the number, or a vector's lanes, as unsigned decimals of their bits or names of NaN patterns; empty for
/// a reference that may be any but null
record WasmValue(String type, String laneType, List<String> parts) {
    private static final String NULL = "null";
    private static final String CANONICAL = "nan:canonical";
    private static final String ARITHMETIC = "nan:arithmetic";
    private static final int V128_SLOTS = 2;
    private static final int INT_BITS = 32;

    private static final int FLOAT_CANONICAL = 0x7FC0_0000;
    private static final long DOUBLE_CANONICAL = 0x7FF8_0000_0000_0000L;

    WasmValue {
        parts = List.copyOf(parts);
    }

    /// Something outside of WebAssembly that a guest may hold on to.
    record Extern(String name) {}

    /// As the engine takes it: two for a vector, one for all else.
    LongStream slots() {
        return switch (type) {
            case "i32", "f32" -> LongStream.of(Integer.parseUnsignedInt(parts.getFirst()));
            case "i64", "f64" -> LongStream.of(Long.parseUnsignedLong(parts.getFirst()));
            case "v128" -> packed();
            case "externref" -> LongStream.of(0);
            case "funcref" -> LongStream.of(Value.REF_NULL_VALUE);
            default -> throw new NotOfferedException("values of type " + type);
        };
    }

    int slotCount() {
        return type.equals("v128") ? V128_SLOTS : 1;
    }

    /// The object that stands for an external reference.
    @Nullable
    Object reference() {
        boolean none = !type.equals("externref") || parts.getFirst().equals(NULL);
        return none ? null : new Extern(parts.getFirst());
    }

    /// Whether the result that begins at this slot is as expected.
    boolean matches(CallResult result, int slot) {
        return switch (type) {
            case "i32", "f32", "i64", "f64" -> matchesLane(type, parts.getFirst(), result.longResult(slot));
            case "v128" -> matchesVector(result.longResult(slot), result.longResult(slot + 1));
            case "externref" -> matchesExtern(result.refResult(slot));
            case "funcref" -> parts.contains(NULL) == ((int) result.longResult(slot) == Value.REF_NULL_VALUE);
            default -> throw new NotOfferedException("values of type " + type);
        };
    }

    private boolean matchesExtern(@Nullable Object found) {
        return parts.isEmpty() ? found != null : Objects.equals(found, reference());
    }

    private boolean matchesVector(long low, long high) {
        int bits = Long.SIZE * V128_SLOTS / parts.size();
        int perSlot = Long.SIZE / bits;
        for (int lane = 0; lane < parts.size(); lane++) {
            long found = (lane < perSlot ? low : high) >>> (lane % perSlot * bits);
            if (!matchesLane(laneType, parts.get(lane), found)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matchesLane(String type, String expected, long found) {
        boolean small = type.equals("f32");
        long canonical = small ? FLOAT_CANONICAL : DOUBLE_CANONICAL;
        long mask = mask(type);
        return switch (expected) {
            // The sign is free in both patterns; in an arithmetic one all but the topmost bit of the payload too.
            case CANONICAL -> (found & mask & ~signBit(type)) == canonical;
            case ARITHMETIC -> (found & canonical) == canonical;
            default -> (found & mask) == (Long.parseUnsignedLong(expected) & mask);
        };
    }

    private LongStream packed() {
        int bits = Long.SIZE * V128_SLOTS / parts.size();
        int perSlot = Long.SIZE / bits;
        long[] slots = new long[V128_SLOTS];
        for (int lane = 0; lane < parts.size(); lane++) {
            long value = Long.parseUnsignedLong(parts.get(lane)) & mask(laneType);
            slots[lane / perSlot] |= value << (lane % perSlot * bits);
        }
        return LongStream.of(slots);
    }

    private static long mask(String type) {
        int bits = bits(type);
        return bits == Long.SIZE ? -1L : (1L << bits) - 1;
    }

    private static long signBit(String type) {
        return 1L << (bits(type) - 1);
    }

    private static int bits(String type) {
        return switch (type) {
            case "i8" -> Byte.SIZE;
            case "i16" -> Short.SIZE;
            case "i32", "f32" -> INT_BITS;
            default -> Long.SIZE;
        };
    }

    @Override
    public String toString() {
        String value = parts.isEmpty() ? "not null" : String.join(" ", parts);
        return type + (laneType.isEmpty() ? "" : " " + laneType) + ":" + value;
    }
}
