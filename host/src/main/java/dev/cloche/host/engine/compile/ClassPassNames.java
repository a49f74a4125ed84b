package dev.cloche.host.engine.compile;

import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;

/// The names that the class pass looks for and those it puts in their place.
///
/// @param mainClass the binary name of the machine's class; its companions' names begin with it
/// @param target the memory class
record ClassPassNames(String mainClass, ClassDesc target) {
    static final ClassDesc OBJECT = ConstantDescs.CD_Object;
    static final ClassDesc MEMORY = ClassDesc.of("run.endive.runtime.Memory");
    static final ClassDesc INSTANCE = ClassDesc.of("run.endive.runtime.Instance");
    static final ClassDesc LINEAR_MEMORY = ClassDesc.of("dev.cloche.host.engine.memory.LinearMemory");
    static final String OPCODES = "run/endive/runtime/OpcodeImpl";

    /// What has a method of the same name in `LinearMemory`, for all kinds of memory.
    private static final Set<String> BULK =
            Set.of("memoryCopy", "memoryFill", "memoryInit", "memoryGrow", "memoryDrop", "memoryPages");

    boolean isGenerated(String internalOwner) {
        return internalOwner.startsWith(mainClass.replace('.', '/')) && !isShaded(internalOwner);
    }

    boolean isShaded(String internalOwner) {
        return internalOwner.equals(mainClass.replace('.', '/') + "Shaded");
    }

    /// The descriptor with the memory class in place of Endive's interface.
    MethodTypeDesc retyped(MethodTypeDesc type) {
        return retyped(type, target);
    }

    private static MethodTypeDesc retyped(MethodTypeDesc type, ClassDesc memory) {
        MethodTypeDesc result = type;
        for (int i = 0; i < type.parameterCount(); i++) {
            if (type.parameterType(i).equals(MEMORY)) {
                result = result.changeParameterType(i, memory);
            }
        }
        return result;
    }

    /// A reading or writing of memory, which each memory class has its own method for.
    static boolean isAccess(String method) {
        return (method.startsWith("memoryRead") || method.startsWith("memoryWrite"));
    }

    /// A bulk operation on one memory.
    static boolean isBulk(String method, MethodTypeDesc type) {
        return BULK.contains(method)
                && type.parameterList().stream().filter(MEMORY::equals).count() == 1;
    }

    /// The descriptor with the class of all memories in place of Endive's interface.
    static MethodTypeDesc general(MethodTypeDesc type) {
        return retyped(type, LINEAR_MEMORY);
    }
}
