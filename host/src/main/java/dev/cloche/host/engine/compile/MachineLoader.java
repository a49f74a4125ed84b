package dev.cloche.host.engine.compile;

import dev.cloche.host.engine.memory.LinearMemory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.function.Function;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;

/// Defines the classes of one compiled module, apart from every other's, and makes its machines. The classes go when
/// the last instance has gone.
public final class MachineLoader extends ClassLoader {
    private static final MethodType CONSTRUCTOR = MethodType.methodType(void.class, Instance.class);

    private final Map<String, byte[]> classes;

    private MachineLoader(Map<String, byte[]> classes) {
        super("cloche-module", MachineLoader.class.getClassLoader());
        this.classes = classes;
        // The package is for compiled guest code and for nobody else outside this module.
        Module own = LinearMemory.class.getModule();
        own.addExports(LinearMemory.class.getPackageName(), getUnnamedModule());
    }

    /// Makes machines from classes that were made for foreign memory.
    ///
    /// @param classes class files by binary name
    /// @param mainClass the binary name of the machine's class
    /// @param heap whether the instances' memory is in heap arrays
    public static Function<Instance, Machine> machines(Map<String, byte[]> classes, String mainClass, boolean heap) {
        var loader = new MachineLoader(heap ? GeneratedClasses.forHeapMemory(classes) : classes);
        MethodHandle constructor;
        try {
            constructor = MethodHandles.publicLookup()
                    .findConstructor(loader.loadClass(mainClass), CONSTRUCTOR)
                    .asType(MethodType.methodType(Machine.class, Instance.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the compiled classes lack their machine, class=" + mainClass, e);
        }
        return instance -> newMachine(constructor, instance);
    }

    private static Machine newMachine(MethodHandle constructor, Instance instance) {
        try {
            return (Machine) constructor.invokeExact(instance);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a machine cannot be made", e);
        }
    }

    /// Generated classes have names that nothing else has, so the parent is not asked for them first in vain; all
    /// other names are the parent's.
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = classes.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            // The script engine's classes are also the parent's, made there for the other kind of memory.
            if (!classes.containsKey(name)) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }
}
