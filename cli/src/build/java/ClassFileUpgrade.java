import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Raises class files of before Java 6 in a jar to the version of Java 8, with the stack maps that this version has.
///
/// The JVM's ahead-of-time cache leaves classes out that are so old that they have no stack maps, and with them every
/// class that extends one. Picocli is compiled for Java 5, and without its classes the cache saves next to nothing.
public final class ClassFileUpgrade {
    private static final String CLASS = ".class";

    private ClassFileUpgrade() {}

    /// @param args a folder and a pattern for the names of the jars in it; each is replaced if it has old classes
    public static void main(String[] args) throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), args[1])) {
            for (Path jar : jars) {
                if (hasOldClasses(jar)) {
                    Path upgraded = jar.resolveSibling(jar.getFileName() + ".part");
                    upgrade(jar, upgraded);
                    Files.move(upgraded, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static boolean hasOldClasses(Path jar) throws IOException {
        try (ZipFile in = new ZipFile(jar.toFile())) {
            return Collections.list(in.entries()).stream()
                    .filter(entry -> entry.getName().endsWith(CLASS))
                    .anyMatch(entry -> isOld(ClassFile.of().parse(content(in, entry))));
        }
    }

    private static boolean isOld(ClassModel model) {
        return model.majorVersion() < ClassFile.JAVA_6_VERSION;
    }

    private static void upgrade(Path jar, Path upgraded) throws IOException {
        try (ZipFile in = new ZipFile(jar.toFile());
                OutputStream file = Files.newOutputStream(upgraded);
                ZipOutputStream out = new ZipOutputStream(file);
                URLClassLoader loader =
                        new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
            ClassFile classFile = ClassFile.of(
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofClassLoading(loader)));
            for (ZipEntry entry : Collections.list(in.entries())) {
                byte[] content = content(in, entry);
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                out.write(entry.getName().endsWith(CLASS) ? upgraded(classFile, content) : content);
                out.closeEntry();
            }
        }
    }

    private static byte[] upgraded(ClassFile classFile, byte[] content) {
        ClassModel model = classFile.parse(content);
        if (!isOld(model)) {
            return content;
        }
        // Each method's code is built anew, though of the same instructions: only then does it get stack maps.
        ClassTransform rebuilt = ClassTransform.transformingMethodBodies((code, element) -> code.with(element));
        ClassTransform raised = (type, element) -> {
            if (element instanceof ClassFileVersion) {
                type.withVersion(ClassFile.JAVA_8_VERSION, 0);
            } else {
                type.with(element);
            }
        };
        return classFile.transformClass(model, rebuilt.andThen(raised));
    }

    private static byte[] content(ZipFile in, ZipEntry entry) {
        try {
            return in.getInputStream(entry).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
