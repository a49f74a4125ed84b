package dev.cloche.host.engine.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.endive.wasm.types.OpCode;

class ScriptEngineBinaryTest {
    private static final int JVM_METHOD_BYTES_MAX = 65_535;
    private static final String PINNED_SHA256 = "d4c9375f2b1ca4dc95f72c8aa2982a7a9951ac8011490d79c6582df732b4bbd9";

    @Test
    void evaluatesArithmetic() {
        assertThat(new BareQuickJs().evaluate("1 + 2")).isEqualTo("3");
    }

    @Test
    void evaluatesJsonRegularExpressionsAndMaps() {
        String script = """
            const counts = new Map();
            for (const word of JSON.parse('{"text":"a bee, a cat, a bee"}').text.match(/[a-z]+/g)) {
                counts.set(word, (counts.get(word) ?? 0) + 1);
            }
            JSON.stringify([...counts])
            """;

        assertThat(new BareQuickJs().evaluate(script)).isEqualTo("[[\"a\",3],[\"bee\",2],[\"cat\",1]]");
    }

    @Test
    void namesThePinnedFile() {
        assertThat(ScriptEngineBinary.sha256()).isEqualTo(PINNED_SHA256);
        assertThat(ScriptEngineBinary.version()).isEqualTo("3.6.2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quickjs-ng", "quickjs-wasi", "wasi-libc", "core-js-pure"})
    void carriesTheLicencesOfItsParts(String part) throws IOException {
        try (var licence = ScriptEngineBinary.class.getResourceAsStream("/META-INF/third-party/" + part + ".txt")) {
            assertThat(licence).isNotNull();
            assertThat(new String(licence.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("Copyright")
                    .contains("Permission is hereby granted, free of charge");
        }
    }

    @Test
    void parsesTheModuleOnce() {
        assertThat(ScriptEngineBinary.module()).isSameAs(ScriptEngineBinary.module());
    }

    @Test
    void leavesNoFunctionToTheInterpreter() throws ReflectiveOperationException {
        var machine = new BareQuickJs().instance().getMachine();
        var interpreter = machine.getClass().getDeclaredField("compilerInterpreterMachine");
        interpreter.setAccessible(true);

        assertThat(interpreter.get(machine)).isNull();
        assertThat(ScriptEngineBinary.module().codeSection().functionBodies())
                .allSatisfy(body ->
                        assertThat(body.instructions().getFirst().opcode()).isEqualTo(OpCode.UNREACHABLE));
    }

    @Test
    void compilesEveryFunctionToAMethodThatTheJvmAccepts() throws IOException {
        Map<String, Integer> sizes = new TreeMap<>();
        for (Path file : generatedClasses()) {
            var model = ClassFile.of().parse(file);
            model.methods()
                    .forEach(method -> method.code()
                            .ifPresent(code -> sizes.put(
                                    model.thisClass().name().stringValue() + "."
                                            + method.methodName().stringValue(),
                                    codeLength(code))));
        }

        var functions = sizes.keySet().stream().filter(name -> name.matches(".*FuncGroup_\\d+\\.func_\\d+"));
        assertThat(functions.count())
                .isEqualTo(ScriptEngineBinary.module().functionSection().functionCount()
                        + (long) ScriptEngineBinary.module().importSection().importCount());
        assertThat(sizes).allSatisfy((name, size) -> assertThat(size).isLessThanOrEqualTo(JVM_METHOD_BYTES_MAX));
    }

    @Test
    void loadsFromTheModulePath() throws ReflectiveOperationException {
        // Lincheck's jars share packages, so no module path can hold them.
        var finder = ModuleFinder.of(
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.endsWith("test-classes") && !entry.contains("lincheck"))
                        .map(Path::of)
                        .toArray(Path[]::new));
        var boot = ModuleLayer.boot();
        var configuration = boot.configuration().resolve(finder, ModuleFinder.of(), List.of("dev.cloche.host"));
        var controller = ModuleLayer.defineModulesWithOneLoader(
                configuration, List.of(boot), ClassLoader.getPlatformClassLoader());
        var host = controller.layer().findModule("dev.cloche.host").orElseThrow();
        controller.addOpens(host, "dev.cloche.host.engine.script", ScriptEngineBinaryTest.class.getModule());

        var binary = Class.forName(host, "dev.cloche.host.engine.script.ScriptEngineBinary");
        var module = binary.getDeclaredMethod("module");
        var version = binary.getDeclaredMethod("version");
        module.setAccessible(true);
        version.setAccessible(true);

        assertThat(binary.getModule().isNamed()).isTrue();
        assertThat(module.invoke(null)).isNotNull();
        assertThat(version.invoke(null)).isEqualTo(ScriptEngineBinary.version());
        var machine = Class.forName(host, "dev.cloche.host.engine.script.QuickJsMachineFuncGroup_0");
        assertThat(machine.getModule()).isEqualTo(host);
    }

    private static List<Path> generatedClasses() throws IOException {
        var location =
                ScriptEngineBinary.class.getProtectionDomain().getCodeSource().getLocation();
        try (var files = Files.list(Path.of(location.getPath(), "dev/cloche/host/engine/script"))) {
            return files.filter(file -> file.getFileName().toString().matches("QuickJsMachine.*\\.class"))
                    .toList();
        }
    }

    private static int codeLength(CodeModel code) {
        return ((CodeAttribute) code).codeLength();
    }
}
