package dev.cloche.host.engine.compile;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A comparison of integers that Endive makes a method call with the answer 0 or 1, and the JVM's own way to branch on
/// it.
///
/// @param operands what it compares
/// @param jump the branch taken where it holds
record Comparison(Operands operands, Opcode jump) {
    private enum Operands {
        INT,
        INT_ZERO,
        UNSIGNED_INT,
        LONG,
        LONG_ZERO,
        UNSIGNED_LONG
    }

    private static final ClassDesc INTEGER_CLASS = ClassDesc.of("java.lang.Integer");
    private static final ClassDesc LONG_CLASS = ClassDesc.of("java.lang.Long");
    private static final MethodTypeDesc COMPARE_INTS =
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final MethodTypeDesc COMPARE_LONGS =
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_long, ConstantDescs.CD_long);
    private static final String NOT = "I32_EQZ";

    private static final Map<String, Comparison> BY_NAME = Map.ofEntries(
            Map.entry(NOT, new Comparison(Operands.INT_ZERO, Opcode.IFEQ)),
            Map.entry("I32_EQ", new Comparison(Operands.INT, Opcode.IF_ICMPEQ)),
            Map.entry("I32_NE", new Comparison(Operands.INT, Opcode.IF_ICMPNE)),
            Map.entry("I32_LT_S", new Comparison(Operands.INT, Opcode.IF_ICMPLT)),
            Map.entry("I32_LE_S", new Comparison(Operands.INT, Opcode.IF_ICMPLE)),
            Map.entry("I32_GT_S", new Comparison(Operands.INT, Opcode.IF_ICMPGT)),
            Map.entry("I32_GE_S", new Comparison(Operands.INT, Opcode.IF_ICMPGE)),
            Map.entry("I32_LT_U", new Comparison(Operands.UNSIGNED_INT, Opcode.IFLT)),
            Map.entry("I32_LE_U", new Comparison(Operands.UNSIGNED_INT, Opcode.IFLE)),
            Map.entry("I32_GT_U", new Comparison(Operands.UNSIGNED_INT, Opcode.IFGT)),
            Map.entry("i32_ge_u", new Comparison(Operands.UNSIGNED_INT, Opcode.IFGE)),
            Map.entry("I64_EQZ", new Comparison(Operands.LONG_ZERO, Opcode.IFEQ)),
            Map.entry("I64_EQ", new Comparison(Operands.LONG, Opcode.IFEQ)),
            Map.entry("I64_NE", new Comparison(Operands.LONG, Opcode.IFNE)),
            Map.entry("I64_LT_S", new Comparison(Operands.LONG, Opcode.IFLT)),
            Map.entry("I64_LE_S", new Comparison(Operands.LONG, Opcode.IFLE)),
            Map.entry("I64_GT_S", new Comparison(Operands.LONG, Opcode.IFGT)),
            Map.entry("I64_GE_S", new Comparison(Operands.LONG, Opcode.IFGE)),
            Map.entry("I64_LT_U", new Comparison(Operands.UNSIGNED_LONG, Opcode.IFLT)),
            Map.entry("I64_LE_U", new Comparison(Operands.UNSIGNED_LONG, Opcode.IFLE)),
            Map.entry("I64_GT_U", new Comparison(Operands.UNSIGNED_LONG, Opcode.IFGT)),
            Map.entry("I64_GE_U", new Comparison(Operands.UNSIGNED_LONG, Opcode.IFGE)));

    private static final Map<Opcode, Opcode> OPPOSITES = Map.ofEntries(
            Map.entry(Opcode.IFEQ, Opcode.IFNE),
            Map.entry(Opcode.IFNE, Opcode.IFEQ),
            Map.entry(Opcode.IFLT, Opcode.IFGE),
            Map.entry(Opcode.IFGE, Opcode.IFLT),
            Map.entry(Opcode.IFGT, Opcode.IFLE),
            Map.entry(Opcode.IFLE, Opcode.IFGT),
            Map.entry(Opcode.IF_ICMPEQ, Opcode.IF_ICMPNE),
            Map.entry(Opcode.IF_ICMPNE, Opcode.IF_ICMPEQ),
            Map.entry(Opcode.IF_ICMPLT, Opcode.IF_ICMPGE),
            Map.entry(Opcode.IF_ICMPGE, Opcode.IF_ICMPLT),
            Map.entry(Opcode.IF_ICMPGT, Opcode.IF_ICMPLE),
            Map.entry(Opcode.IF_ICMPLE, Opcode.IF_ICMPGT));

    /// Emits a comparison, any number of negations of its answer, and the branch on that as one branch.
    ///
    /// @return how many elements that took; 0 if there is no such thing here
    static int rewriteAt(List<CodeElement> elements, int at, CodeBuilder target, ClassPassNames names) {
        Comparison comparison = at(elements, at, names);
        if (comparison == null) {
            return 0;
        }
        int next = at + 1;
        boolean holds = true;
        while (next < elements.size() && isNegation(elements.get(next))) {
            holds = !holds;
            next++;
        }
        if (next >= elements.size()
                || !(elements.get(next) instanceof BranchInstruction branch)
                || (branch.opcode() != Opcode.IFEQ && branch.opcode() != Opcode.IFNE)) {
            return 0;
        }
        boolean onTrue = holds == (branch.opcode() == Opcode.IFNE);
        comparison.emit(target, onTrue, branch);
        return next + 1 - at;
    }

    private static @Nullable Comparison at(List<CodeElement> elements, int at, ClassPassNames names) {
        return elements.get(at) instanceof InvokeInstruction call
                        && (call.owner().asInternalName().equals(ClassPassNames.OPCODES)
                                || names.isShaded(call.owner().asInternalName()))
                ? BY_NAME.get(call.name().stringValue())
                : null;
    }

    private static boolean isNegation(CodeElement element) {
        return element instanceof InvokeInstruction call
                && call.owner().asInternalName().equals(ClassPassNames.OPCODES)
                && call.name().equalsString(NOT);
    }

    private void emit(CodeBuilder target, boolean onTrue, BranchInstruction branch) {
        switch (operands) {
            case INT, INT_ZERO -> {}
            case UNSIGNED_INT -> target.invokestatic(INTEGER_CLASS, "compareUnsigned", COMPARE_INTS);
            case LONG -> target.lcmp();
            case LONG_ZERO -> target.lconst_0().lcmp();
            case UNSIGNED_LONG -> target.invokestatic(LONG_CLASS, "compareUnsigned", COMPARE_LONGS);
        }
        target.branch(onTrue ? jump : Objects.requireNonNull(OPPOSITES.get(jump)), branch.target());
    }
}
