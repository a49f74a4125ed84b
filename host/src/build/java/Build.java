import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/// Compiles the build's own sources, with those of the host that the build runs as well, and starts them. Meant for
/// Java's launcher of source files.
///
/// Arguments: the sources of the build, those of the host, the folder to work in.
final class Build {
    /// What the build has in common with the host: passes over modules and classes, which depend on nothing else of it.
    private static final List<String> SHARED = List.of(
            "engine/rewrite",
            "engine/compile/ClassPass.java",
            "engine/compile/ClassPassNames.java",
            "engine/compile/CodePass.java",
            "engine/compile/Comparison.java",
            "engine/compile/EndiveClasses.java",
            "engine/compile/GeneratedClasses.java",
            "engine/compile/GlobalLayout.java",
            "engine/compile/ModuleSkeleton.java",
            "engine/compile/ModuleSplit.java");

    private Build() {}

    public static void main(String[] arguments) throws Exception {
        Path sources = Path.of(arguments[0]);
        Path host = Path.of(arguments[1], "dev", "cloche", "host");
        Path work = Path.of(arguments[2]);
        Path classes = work.resolve("classes");
        Files.createDirectories(classes);
        var command = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString()));
        command.addAll(List.of("--class-path", System.getProperty("java.class.path")));
        command.addAll(javaFiles(sources));
        for (String shared : SHARED) {
            command.addAll(javaFiles(host.resolve(shared)));
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new));
        if (result != 0) {
            System.exit(result);
        }
        // Not below the launcher's own loader, which would compile the build's sources by itself.
        try (var loader = new URLClassLoader(classPath(classes), ClassLoader.getPlatformClassLoader())) {
            loader.loadClass("ScriptEngineBuild")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) new String[] {sources.toString(), host.toString(), work.toString()});
        }
    }

    private static URL[] classPath(Path classes) throws MalformedURLException {
        List<URL> urls = new ArrayList<>(List.of(classes.toUri().toURL()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    private static List<String> javaFiles(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("Build.java"))
                    .map(Path::toString)
                    .toList();
        }
    }
}
