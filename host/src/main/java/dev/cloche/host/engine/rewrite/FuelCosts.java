package dev.cloche.host.engine.rewrite;

/// What instructions cost, in units of fuel. Part of the contract with users: a change of a number is a new version of
/// [FuelPass].
public final class FuelCosts {
    /// Entering a function.
    public static final int FUNCTION = 1;

    /// Any instruction that is not named here.
    public static final int INSTRUCTION = 1;

    /// Calling a function of the host, on top of the instruction. What the host copies is charged by [#BYTES].
    public static final int HOST_CALL = 100;

    /// Growing a memory, on top of the instruction.
    public static final int MEMORY_GROW = 1_000;

    /// Bytes that are copied, filled or initialised for one unit, a power of two.
    public static final int BYTES = 1 << FuelCosts.BYTES_SHIFT;

    static final int BYTES_SHIFT = 4;

    /// Elements of tables that are copied, filled, initialised or added for one unit, a power of two.
    public static final int ELEMENTS = 1;

    static final int ELEMENTS_SHIFT = 0;

    /// Elements that one instruction is charged for at most: no table has more, so the instruction fails.
    public static final int ELEMENTS_MAX = 1 << 24;

    private FuelCosts() {}

    /// The units of an instruction whose operands do not matter.
    static int of(Node node, int importedFunctions) {
        return switch (node) {
            case Node.Call call -> INSTRUCTION + (call.function() < importedFunctions ? HOST_CALL : 0);
            case Node.Plain plain -> of(plain, importedFunctions);
            case Node.Return _ -> 0;
            case Block block -> block.kind() == Block.Kind.IF ? INSTRUCTION : 0;
            default -> INSTRUCTION;
        };
    }

    private static int of(Node.Plain plain, int importedFunctions) {
        return switch (plain.opcode()) {
            case Opcodes.UNREACHABLE, Opcodes.DROP -> 0;
            case Opcodes.RETURN_CALL -> INSTRUCTION + (plain.immediate() < importedFunctions ? HOST_CALL : 0);
            case Opcodes.MEMORY_GROW -> INSTRUCTION + MEMORY_GROW;
            default -> INSTRUCTION;
        };
    }
}
