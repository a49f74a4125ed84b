package dev.cloche.host.engine.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.spi.ToolProvider;

/// The pass with a fault planted in its source: compiled from the changed source, and loaded beside the real one.
/// The real classes know nothing of it.
final class FaultyPass implements AutoCloseable {
    private static final String PACKAGE = FaultyPass.class.getPackageName();
    private static final Path SOURCES = Path.of("src", "main", "java").resolve(PACKAGE.replace('.', '/'));

    private final Loader loader;
    private final BiFunction<byte[], Long, byte[]> pass;

    /// A change of the source.
    ///
    /// @param file without its ending
    /// @param code what stands in it, exactly once
    /// @param fault what comes in its place
    record Fault(String name, String file, String code, String fault) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// What is called in the faulty classes.
    public static final class Entry implements BiFunction<byte[], Long, byte[]> {
        @Override
        public byte[] apply(byte[] wasm, Long seed) {
            return new SplitPass(FuzzOptions.pick(seed)).run(wasm).wasm();
        }
    }

    /// Takes classes of the package from the folder with the changed ones, else makes its own copies of the real
    /// ones.
    private static final class Loader extends URLClassLoader {
        Loader(Path folder) throws IOException {
            super(new URL[] {folder.toUri().toURL()}, FaultyPass.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE + ".")) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            URL changed = findResource(file);
            try (InputStream in =
                    changed != null ? changed.openStream() : getParent().getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @SuppressWarnings("unchecked")
    FaultyPass(Fault fault, Path folder) throws IOException, ReflectiveOperationException {
        compile(fault, folder);
        loader = new Loader(folder);
        pass = (BiFunction<byte[], Long, byte[]>)
                loader.loadClass(Entry.class.getName()).getDeclaredConstructor().newInstance();
    }

    private static void compile(Fault fault, Path folder) throws IOException {
        String source = Files.readString(SOURCES.resolve(fault.file() + ".java"));
        int at = source.indexOf(fault.code());
        if (at < 0 || source.indexOf(fault.code(), at + 1) >= 0) {
            throw new AssertionError("the code for the fault does not stand there once, fault=" + fault.name());
        }
        Path changed =
                Files.writeString(folder.resolve(fault.file() + ".java"), source.replace(fault.code(), fault.fault()));
        var output = new StringWriter();
        int exit = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        new PrintWriter(output),
                        new PrintWriter(output),
                        "-proc:none",
                        "-nowarn",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        changed.toString());
        if (exit != 0) {
            throw new AssertionError("the fault does not compile, fault=" + fault.name() + ", output=" + output);
        }
    }

    byte[] split(byte[] wasm, long seed) {
        return pass.apply(wasm, seed);
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
