package dev.cloche.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The compiler's arguments of the build fail on what they are there for. The arguments are read from the parent pom,
/// so that what is tested is what builds.
class PlantedViolationTest {
    private static final Pattern ARGUMENT = Pattern.compile("<arg>([^<]+)</arg>");

    @TempDir
    private Path classes;

    /// A class with one thing wrong, and what the compiler must say about it.
    private record Planted(String className, String members, String message) {
        JavaFileObject source() {
            String source = """
                    package planted;
                    import org.jspecify.annotations.NullMarked;
                    import org.jspecify.annotations.Nullable;
                    /// Has something wrong in it, or nothing.
                    @NullMarked
                    final class %s {
                        @Nullable String last;
                        %s
                    }
                    """.formatted(className, members);
            return new InMemory(className, source);
        }
    }

    private static final Planted SOUND =
            new Planted("Sound", "String say(@Nullable String what) { return what == null ? \"\" : what; }", "");

    private static final List<Planted> PLANTED = List.of(
            new Planted("NullReturned", "String a() { return null; }", "[NullAway] returning @Nullable"),
            new Planted("NullFollowed", "int a(@Nullable String b) { return b.length(); }", "[NullAway] dereferenced"),
            new Planted(
                    "NullPassed", "int a() { return b(null); } int b(String c) { return 1; }", "[NullAway] passing"),
            new Planted("Dead", "void a() { new IllegalStateException(); }", "[DeadException]"),
            new Planted("Assigned", "int a; void b(int c) { a = a; }", "[SelfAssignment]"));

    /// Found by the compiler itself, after which Error Prone has no turn: each compiled by itself.
    private static final List<Planted> PLANTED_APART = List.of(
            new Planted("Raw", "java.util.List a() { return java.util.List.of(); }", "raw type"),
            new Planted("Linked", "/// See [Missing].\n int a;", "reference not found"));

    /// What a compilation came to.
    private record Outcome(boolean success, List<Diagnostic<? extends JavaFileObject>> diagnostics) {}

    @Test
    void soundSourceCompiles() throws IOException {
        Outcome outcome = compile(List.of(SOUND));
        assertThat(outcome.diagnostics()).isEmpty();
        assertThat(outcome.success()).isTrue();
    }

    @Test
    void everyPlantedViolationFailsTheBuild() throws IOException {
        assertFound(PLANTED, compile(PLANTED));
        for (Planted apart : PLANTED_APART) {
            assertFound(List.of(apart), compile(List.of(apart)));
        }
    }

    @Test
    void aWarningAloneFailsTheBuild() throws IOException {
        Planted unused = new Planted("Unused", "void a() { int b = 1; }", "[UnusedVariable]");
        Outcome outcome = compile(List.of(unused));
        assertFound(List.of(unused), outcome);
        assertThat(outcome.diagnostics()).extracting(Diagnostic::getKind).contains(Diagnostic.Kind.WARNING);
    }

    private static void assertFound(List<Planted> planted, Outcome outcome) {
        assertThat(outcome.success()).isFalse();
        assertThat(planted)
                .allSatisfy(each -> assertThat(outcome.diagnostics())
                        .as(each.className())
                        .anyMatch(diagnostic -> isAbout(diagnostic, each)));
    }

    private static boolean isAbout(Diagnostic<? extends JavaFileObject> diagnostic, Planted planted) {
        JavaFileObject source = diagnostic.getSource();
        return source != null
                && source.getName().endsWith("/" + planted.className() + ".java")
                && diagnostic.getMessage(Locale.ROOT).contains(planted.message());
    }

    private Outcome compile(List<Planted> planted) throws IOException {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        List<JavaFileObject> sources = planted.stream().map(Planted::source).toList();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, Locale.ROOT, null)) {
            boolean success = compiler.getTask(null, files, diagnostics, arguments(), null, sources)
                    .call();
            return new Outcome(success, List.copyOf(diagnostics.getDiagnostics()));
        }
    }

    /// Those of the parent pom, except what is for the launcher of a compiler in a process of its own: this test's
    /// process has it on its command line.
    private List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        Matcher argument =
                ARGUMENT.matcher(Repository.read(Repository.here().root().resolve("pom.xml")));
        while (argument.find()) {
            if (!argument.group(1).startsWith("-J")) {
                arguments.add(argument.group(1));
            }
        }
        assertThat(arguments).contains("-Werror").anyMatch(text -> text.contains("-Xplugin:ErrorProne"));
        String classPath = System.getProperty("java.class.path");
        arguments.addAll(List.of("--release", "25", "-parameters", "-d", classes.toString()));
        arguments.addAll(List.of("-classpath", classPath, "-processorpath", classPath));
        return arguments;
    }

    private static final class InMemory extends SimpleJavaFileObject {
        private final String source;

        InMemory(String name, String source) {
            super(URI.create("string:///planted/" + name + Kind.SOURCE.extension), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}
