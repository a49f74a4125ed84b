package dev.cloche.host.engine.compile;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A pass over the JVM classes that Endive compiles a module to: short ways to memory and globals, comparisons that
/// branch at once, and a stop flag in the isolate's memory in place of the thread's interrupt flag.
///
/// Endive reaches memory through its interface, globals through the instance, and asks the thread for its interrupt
/// flag before each call and at each backward jump. The pass gives every generated method the concrete memory class
/// for its memory parameter, which holds globals and stop flag as fields, and rewrites:
///
/// | Endive's code | becomes |
/// |---|---|
/// | `Shaded.memoryReadInt(base, offset, Memory)` and its like | the static method of the same name of the memory class
/// |
/// | `Shaded.readGlobal(index, instance)`, `writeGlobal` | a field of the memory |
/// | `Shaded.checkInterruption()` before a backward jump | `LinearMemory.poll(memory)` |
/// | `Shaded.checkInterruption()` before a call | nothing: the callee polls when it is entered, if it calls anything |
/// | `OpcodeImpl.I32_LT_S(a, b)` followed by a branch on its answer | a branch on the comparison |
/// | a NaN as a constant | `Float.intBitsToFloat(bits)`, `Double.longBitsToDouble(bits)` |
///
/// Pure: the same classes give the same classes. Depends on nothing of the host, as the build runs it too; classes of
/// the host go by name.
public final class ClassPass {
    /// The classes are made for memories outside the Java heap.
    public static final String FOREIGN_MEMORY = "dev.cloche.host.engine.memory.ForeignMemory";

    /// Changes whenever what the pass makes of a class does: part of the key under which results are kept.
    public static final int VERSION = 2;

    private static final String SHADED_SUFFIX = "Shaded";

    private final ClassPassNames names;
    private final GlobalLayout layout;
    private final ClassFile classFile;

    /// @param mainClass the binary name of the class that Endive makes the machine
    /// @param layout where the module's globals lie
    public ClassPass(String mainClass, GlobalLayout layout) {
        this.names = new ClassPassNames(mainClass, ClassDesc.of(FOREIGN_MEMORY));
        this.layout = layout;
        this.classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.of(
                        List.of(ClassPassNames.MEMORY),
                        Map.of(
                                names.target(),
                                ClassPassNames.LINEAR_MEMORY,
                                ClassPassNames.LINEAR_MEMORY,
                                ClassPassNames.OBJECT))
                .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /// The classes after the pass, by the same names.
    ///
    /// @param classes class files by any kind of name
    public Map<String, byte[]> apply(Map<String, byte[]> classes) {
        Map<String, byte[]> passed = new TreeMap<>();
        classes.forEach((name, bytes) -> passed.put(name, apply(bytes)));
        return passed;
    }

    private byte[] apply(byte[] bytes) {
        ClassModel model = classFile.parse(bytes);
        if (model.thisClass().asInternalName().endsWith(SHADED_SUFFIX)) {
            // What is still called there takes any memory.
            return bytes;
        }
        return classFile.build(model.thisClass().asSymbol(), builder -> {
            for (var element : model) {
                if (element instanceof MethodModel method) {
                    MethodTypeDesc type = names.retyped(method.methodTypeSymbol());
                    builder.withMethod(
                            method.methodName().stringValue(),
                            type,
                            method.flags().flagsMask(),
                            built -> {
                                for (var part : method) {
                                    if (part instanceof CodeModel code) {
                                        built.withCode(target ->
                                                new CodePass(names, layout, method, type).rewrite(code, target));
                                    } else {
                                        built.with(part);
                                    }
                                }
                            });
                } else {
                    builder.with(element);
                }
            }
        });
    }
}
