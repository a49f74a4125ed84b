package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.compile.GlobalLayout.StopCheck;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rewrites the code of one generated method. Used once.
final class CodePass {
    /// Slots with a field of their own, `g0` and following; the others are reached through methods.
    static final int FIELD_SLOTS = 16;

    private static final int NO_MEMORY = -1;
    private static final String FUEL = "fuel";
    private static final MethodTypeDesc POLL = MethodTypeDesc.of(ConstantDescs.CD_void, ClassPassNames.LINEAR_MEMORY);
    private static final MethodTypeDesc GET_EXTRA =
            MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_int, ClassPassNames.LINEAR_MEMORY);
    private static final MethodTypeDesc SET_EXTRA = MethodTypeDesc.of(
            ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_int, ClassPassNames.LINEAR_MEMORY);

    private static final MethodTypeDesc INT_TO_FLOAT = MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_int);
    private static final MethodTypeDesc LONG_TO_DOUBLE =
            MethodTypeDesc.of(ConstantDescs.CD_double, ConstantDescs.CD_long);

    private final ClassPassNames names;
    private final GlobalLayout layout;
    private final boolean isFunction;
    private final int memoryLocal;

    /// @param type the method's type after the pass
    CodePass(ClassPassNames names, GlobalLayout layout, MethodModel method, MethodTypeDesc type) {
        this.names = names;
        this.layout = layout;
        this.isFunction = method.methodName().stringValue().startsWith("func_");
        this.memoryLocal = memoryLocal(type, method.flags().has(AccessFlag.STATIC));
    }

    private int memoryLocal(MethodTypeDesc type, boolean isStatic) {
        int local = isStatic ? 0 : 1;
        for (ClassDesc parameter : type.parameterList()) {
            if (parameter.equals(names.target())) {
                return local;
            }
            local += TypeKind.from(parameter).slotSize();
        }
        return NO_MEMORY;
    }

    void rewrite(CodeModel code, CodeBuilder target) {
        List<CodeElement> elements = code.elementList();
        if (polls() && isFunction && callsOthers(elements)) {
            poll(target);
        }
        int at = 0;
        while (at < elements.size()) {
            at += rewriteAt(elements, at, target);
        }
    }

    private boolean polls() {
        return layout.stopCheck() == StopCheck.FLAG && memoryLocal != NO_MEMORY;
    }

    private boolean looksAsEndiveDoes() {
        return layout.stopCheck() != StopCheck.FUEL && !polls();
    }

    private boolean callsOthers(List<CodeElement> elements) {
        return elements.stream()
                .anyMatch(e -> e instanceof InvokeInstruction call
                        && names.isGenerated(call.owner().asInternalName()));
    }

    private void poll(CodeBuilder target) {
        target.aload(memoryLocal).invokestatic(ClassPassNames.LINEAR_MEMORY, "poll", POLL);
    }

    /// Emits what stands at an index.
    ///
    /// @return how many elements that took
    private int rewriteAt(List<CodeElement> elements, int at, CodeBuilder target) {
        CodeElement element = elements.get(at);
        if (element instanceof ConstantInstruction constant) {
            int taken = rewriteGlobal(constant, elements, at, target);
            if (taken > 0) {
                return taken;
            }
            if (rewriteNan(constant, target)) {
                return 1;
            }
        }
        if (!(element instanceof InvokeInstruction call)) {
            target.with(element);
            return 1;
        }
        int taken = Comparison.rewriteAt(elements, at, target, names);
        if (taken > 0) {
            return taken;
        }
        rewriteCall(call, at + 1 < elements.size() ? elements.get(at + 1) : null, target);
        return 1;
    }

    private void rewriteCall(InvokeInstruction call, @Nullable CodeElement next, CodeBuilder target) {
        String owner = call.owner().asInternalName();
        String method = call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        if (names.isGenerated(owner)) {
            target.invoke(call.opcode(), call.owner().asSymbol(), method, names.retyped(type), call.isInterface());
        } else if (names.isShaded(owner)) {
            rewriteShaded(call, method, type, next, target);
        } else {
            target.with(call);
            if (type.returnType().equals(ClassPassNames.MEMORY)) {
                target.checkcast(names.target());
            }
        }
    }

    private void rewriteShaded(
            InvokeInstruction call,
            String method,
            MethodTypeDesc type,
            @Nullable CodeElement next,
            CodeBuilder target) {
        if (method.equals("checkInterruption") && !looksAsEndiveDoes()) {
            if (polls() && isJump(next)) {
                poll(target);
            }
        } else if (ClassPassNames.isBulk(method, type)) {
            target.invokestatic(ClassPassNames.LINEAR_MEMORY, method, ClassPassNames.general(type));
        } else if (ClassPassNames.isAccess(method)) {
            target.invokestatic(names.target(), method, names.retyped(type));
        } else {
            target.with(call);
        }
    }

    /// Endive asks before calls, which are followed by the loading of an argument, and before backward jumps.
    private static boolean isJump(@Nullable CodeElement next) {
        return next instanceof TableSwitchInstruction
                || (next instanceof BranchInstruction branch
                        && (branch.opcode() == Opcode.GOTO || branch.opcode() == Opcode.GOTO_W));
    }

    /// `index; instance; readGlobal` and `index; instance; writeGlobal`, the value below them.
    private int rewriteGlobal(ConstantInstruction constant, List<CodeElement> elements, int at, CodeBuilder target) {
        if (memoryLocal == NO_MEMORY
                || at + 2 >= elements.size()
                || !(constant.constantValue() instanceof Integer global)
                || !(elements.get(at + 1) instanceof LoadInstruction load)
                || load.typeKind() != TypeKind.REFERENCE
                || !(elements.get(at + 2) instanceof InvokeInstruction call)
                || !names.isShaded(call.owner().asInternalName())
                || layout.slot(global) == GlobalLayout.NONE) {
            return 0;
        }
        int slot = layout.slot(global);
        switch (call.name().stringValue()) {
            case "readGlobal" -> read(slot, target);
            case "writeGlobal" -> write(slot, target);
            default -> {
                return 0;
            }
        }
        return 3;
    }

    /// The JDK's writer of class files makes all NaNs the same one; the payload of a guest's is kept by way of its
    /// bits.
    private static boolean rewriteNan(ConstantInstruction constant, CodeBuilder target) {
        return switch (constant.constantValue()) {
            case Float value
            when value.isNaN() -> {
                target.loadConstant(Float.floatToRawIntBits(value))
                        .invokestatic(ConstantDescs.CD_Float, "intBitsToFloat", INT_TO_FLOAT);
                yield true;
            }
            case Double value
            when value.isNaN() -> {
                target.loadConstant(Double.doubleToRawLongBits(value))
                        .invokestatic(ConstantDescs.CD_Double, "longBitsToDouble", LONG_TO_DOUBLE);
                yield true;
            }
            default -> false;
        };
    }

    private void read(int slot, CodeBuilder target) {
        if (slot == GlobalLayout.SLICE) {
            target.lconst_0();
        } else if (slot == GlobalLayout.FUEL) {
            target.aload(memoryLocal).getfield(names.target(), FUEL, ConstantDescs.CD_long);
        } else if (slot < FIELD_SLOTS) {
            target.aload(memoryLocal).getfield(names.target(), "g" + slot, ConstantDescs.CD_long);
        } else {
            target.loadConstant(slot)
                    .aload(memoryLocal)
                    .invokestatic(ClassPassNames.LINEAR_MEMORY, "extraGlobal", GET_EXTRA);
        }
    }

    private void write(int slot, CodeBuilder target) {
        if (slot == GlobalLayout.SLICE) {
            target.pop2().aload(memoryLocal).invokestatic(ClassPassNames.LINEAR_MEMORY, "nextSlice", POLL);
        } else if (slot == GlobalLayout.FUEL) {
            target.aload(memoryLocal).dup_x2().pop().putfield(names.target(), FUEL, ConstantDescs.CD_long);
        } else if (slot < FIELD_SLOTS) {
            target.aload(memoryLocal).dup_x2().pop().putfield(names.target(), "g" + slot, ConstantDescs.CD_long);
        } else {
            target.loadConstant(slot)
                    .aload(memoryLocal)
                    .invokestatic(ClassPassNames.LINEAR_MEMORY, "setExtraGlobal", SET_EXTRA);
        }
    }
}
