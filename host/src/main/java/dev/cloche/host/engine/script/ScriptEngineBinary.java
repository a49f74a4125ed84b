package dev.cloche.host.engine.script;

import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.MachineLoader;
import dev.cloche.host.engine.compile.SkeletonModule;
import dev.cloche.host.engine.rewrite.FuelGlobals;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.wasm.WasmModule;

/// The JavaScript engine as the jar carries it: QuickJS-ng, compiled from WebAssembly to JVM classes when Cloche was
/// built.
///
/// Two parts make an instance. The module gives types, tables and data; its function bodies are all `unreachable`, as
/// nothing reads them. The machine, from the generated class `QuickJsMachine` and its companions, holds the code. So a
/// module from here runs with the machines from here and with no others. Any thread may call every method.
///
/// The classes in the jar are made for foreign memory. For heap arrays they are read as resources, renamed and defined
/// once more.
final class ScriptEngineBinary {
    private static final String MODULE_RESOURCE = "quickjs.wasm";
    private static final String PROPERTIES_RESOURCE = "quickjs.properties";
    private static final String MACHINE_CLASS = "dev.cloche.host.engine.script.QuickJsMachine";

    private ScriptEngineBinary() {}

    /// The module, parsed on first use and shared by all instances.
    static WasmModule module() {
        return ModuleHolder.MODULE;
    }

    /// The module with its code.
    ///
    /// @param heapMemory whether instances have their memory in heap arrays
    static CompiledModule code(boolean heapMemory) {
        return heapMemory ? HeapHolder.CODE : ForeignHolder.CODE;
    }

    /// The SHA-256, in hexadecimal, of the WebAssembly file that the classes were compiled from.
    static String sha256() {
        return property("sha256");
    }

    /// Which classes these are: another build of the engine has another one.
    static String build() {
        return property("build");
    }

    /// The version of the npm package `quickjs-wasi` that the file came from.
    static String version() {
        return property("version");
    }

    /// The methods that the functions of the engine's memory allocator are.
    static Set<String> allocator() {
        return AllocatorHolder.METHODS;
    }

    private static Machine newMachine(Instance instance) {
        try {
            return (Machine) MachineHolder.CONSTRUCTOR.invokeExact(instance);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the script engine's machine cannot be made, class=" + MACHINE_CLASS, e);
        }
    }

    private static String property(String key) {
        String value = PropertiesHolder.PROPERTIES.getProperty(key);
        if (value == null) {
            throw missing(PROPERTIES_RESOURCE + "#" + key, null);
        }
        return value;
    }

    private static byte[] resource(String name) {
        try (InputStream in = ScriptEngineBinary.class.getResourceAsStream(name)) {
            if (in == null) {
                throw missing(name, null);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the script engine cannot be read, resource=" + name, e);
        }
    }

    private static IllegalStateException missing(String part, @Nullable Exception cause) {
        return new IllegalStateException(
                "this build of cloche-host lacks its script engine; build it with Maven, which makes it, missing="
                        + part,
                cause);
    }

    private static final class ModuleHolder {
        /// Not validated again: the build validated the file that the jar's module was made from.
        static final WasmModule MODULE = SkeletonModule.read(resource(MODULE_RESOURCE));
    }

    private static final class AllocatorHolder {
        static final Set<String> METHODS = Arrays.stream(property("allocator").split(",", -1))
                .map(index -> "func_" + index)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static final class ForeignHolder {
        static final CompiledModule CODE = compiled(ScriptEngineBinary::newMachine);
    }

    private static final class HeapHolder {
        static final CompiledModule CODE = compiled(MachineLoader.machines(classes(), MACHINE_CLASS, true));

        private static Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new TreeMap<>();
            String folder = MACHINE_CLASS.substring(0, MACHINE_CLASS.lastIndexOf('.') + 1);
            for (String name : property("classes").split(",", -1)) {
                classes.put(folder + name, resource(name + ".class"));
            }
            return classes;
        }
    }

    private static CompiledModule compiled(Function<Instance, Machine> machines) {
        return CompiledModule.of(module(), FuelGlobals.parse(property("fuel")), machines, null);
    }

    /// The generated class is found by name: it does not exist yet when this one is compiled.
    private static final class MachineHolder {
        static final MethodHandle CONSTRUCTOR = constructor();

        private static MethodHandle constructor() {
            try {
                var lookup = MethodHandles.lookup();
                return lookup.findConstructor(
                                lookup.findClass(MACHINE_CLASS), MethodType.methodType(void.class, Instance.class))
                        .asType(MethodType.methodType(Machine.class, Instance.class));
            } catch (ReflectiveOperationException e) {
                throw missing(MACHINE_CLASS, e);
            }
        }
    }

    private static final class PropertiesHolder {
        static final Properties PROPERTIES = load();

        private static Properties load() {
            var properties = new Properties();
            try (var in = new ByteArrayInputStream(resource(PROPERTIES_RESOURCE))) {
                properties.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException("the script engine cannot be read, resource=" + PROPERTIES_RESOURCE, e);
            }
            return properties;
        }
    }
}
