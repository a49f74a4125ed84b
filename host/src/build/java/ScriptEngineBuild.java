import dev.cloche.host.engine.compile.ModuleSkeleton;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Build step: makes what the jar carries of the script engine. QuickJS arrives from npm as WebAssembly, is checked
/// against the committed hash, compiled to JVM classes and stripped of the bodies that the classes replace; the
/// JavaScript libraries that guests see are bundled next to it.
///
/// Arguments: the build's sources, the host's, the folder to work in. The result lies in the work folder's `resources`,
/// shaped like the jar, and is left alone while no input has changed.
public final class ScriptEngineBuild {
    private static final String PACKAGE = "dev.cloche.host.engine.script";
    private static final String MACHINE_CLASS = PACKAGE + ".QuickJsMachine";
    private static final String RESOURCE_FOLDER = PACKAGE.replace('.', '/');
    private static final List<String> LIBRARIES = List.of("url.mjs", "structured-clone.mjs");

    private static final Pattern ENGINE_JAR = Pattern.compile("/(run/endive|org/ow2/asm)/.*\\.jar$");

    private final Path sources;
    private final NpmPackages packages;
    private final Map<String, byte[]> resources = new TreeMap<>();

    private ScriptEngineBuild(Path sources, Path work) {
        this.sources = sources;
        this.packages = new NpmPackages(sources, work.resolve("npm"));
    }

    public static void main(String[] arguments) {
        try {
            var sources =
                    Path.of(arguments[0]).toAbsolutePath().resolveSibling("npm").normalize();
            var engine = Path.of(arguments[1], "engine");
            var work = Path.of(arguments[2]).toAbsolutePath().normalize();
            var output = new BuildOutput(work.resolve("resources"), work.resolve("resources.stamp"));
            List<String> shared = new ArrayList<>(engineJars());
            shared.add(Hashes.ofTree(engine.resolve("rewrite"), List.of()));
            shared.add(Hashes.ofTree(engine.resolve("compile"), List.of()));
            String inputs = Hashes.ofTree(sources.getParent(), shared);
            if (!output.isUpToDate(inputs)) {
                var resources = new ScriptEngineBuild(sources, work).build();
                output.replace(resources, inputs);
                System.out.println("Script engine: " + resources.size() + " files made");
            }
        } catch (BuildFailure | IOException e) {
            System.err.println("Script engine: " + (e instanceof BuildFailure ? e.getMessage() : e));
            System.exit(1);
        }
    }

    private Map<String, byte[]> build() throws IOException {
        packages.install();
        byte[] wasm = checkedWasm();
        MachineClasses machine = MachineClasses.of(MACHINE_CLASS, PollInterval.shorten(wasm));
        resources.putAll(machine.files());
        resources.put(RESOURCE_FOLDER + "/quickjs.wasm", ModuleSkeleton.of(machine.wasm()));
        resources.put(RESOURCE_FOLDER + "/quickjs.properties", properties(wasm, machine));
        addLibraries();
        addLicence("quickjs-wasi");
        addLicence("core-js-pure");
        return resources;
    }

    private byte[] checkedWasm() throws IOException {
        String expected =
                Files.readString(sources.resolve("quickjs.wasm.sha256")).split("\\s", 2)[0];
        byte[] wasm = Files.readAllBytes(packages.file("quickjs-wasi", "quickjs.wasm"));
        String actual = Hashes.sha256(wasm);
        if (!actual.equals(expected)) {
            throw new BuildFailure("quickjs.wasm is not the pinned file; look into the new one and write its hash into"
                    + " quickjs.wasm.sha256, expected=" + expected + ", actual=" + actual);
        }
        return wasm;
    }

    private byte[] properties(byte[] wasm, MachineClasses machine) throws IOException {
        Map<String, byte[]> classFiles = machine.files();
        String classes = classFiles.keySet().stream()
                .map(path -> path.substring(path.lastIndexOf('/') + 1).replace(".class", ""))
                .collect(Collectors.joining(","));
        var lines = List.of(
                "version=" + packages.version("quickjs-wasi"),
                "sha256=" + Hashes.sha256(wasm),
                "classes=" + classes,
                "fuel=" + machine.fuel(),
                "allocator="
                        + AllocatorFunctions.of(wasm).stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(",")),
                "build="
                        + Hashes.sha256(Hashes.concatenated(classFiles.values()))
                                .substring(0, 16),
                "");
        return String.join("\n", lines).getBytes(StandardCharsets.US_ASCII);
    }

    private void addLibraries() throws IOException {
        var folder = Files.createTempDirectory("cloche-libraries");
        var command = new ArrayList<>(List.of("bundle.mjs", folder.toString()));
        command.addAll(LIBRARIES);
        packages.node(command);
        for (String library : LIBRARIES) {
            String name = library.replace(".mjs", ".js");
            resources.put(RESOURCE_FOLDER + "/" + name, Files.readAllBytes(folder.resolve(name)));
            Files.delete(folder.resolve(name));
        }
        Files.delete(folder);
    }

    private void addLicence(String packageName) throws IOException {
        resources.put(
                "META-INF/third-party/" + packageName + ".txt",
                Files.readAllBytes(packages.file(packageName, "LICENSE")));
    }

    /// The names, with versions, of the jars that decide what the compiled classes look like.
    private static List<String> engineJars() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> entry.replace('\\', '/'))
                .filter(entry -> ENGINE_JAR.matcher(entry).find())
                .map(entry -> entry.substring(entry.lastIndexOf('/') + 1))
                .sorted()
                .toList();
    }
}
