package dev.cloche.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An application that is a module itself, compiled and run against the library as a module: JavaScript, WebAssembly
/// and the database must all work there too.
class ModulePathTest {
    private static final List<String> FOR_TESTS =
            List.of("junit", "assertj", "byte-buddy", "opentest4j", "apiguardian", "test-classes", "guests/target");

    @TempDir
    Path folder;

    @Test
    void anApplicationOnTheModulePathUsesTheLibrary() throws IOException, InterruptedException {
        Path sources = Files.createDirectories(folder.resolve("src/app"));
        Path descriptor = folder.resolve("src/module-info.java");
        Files.writeString(descriptor, "module app { requires dev.cloche.host; }");
        Path main = sources.resolve("Main.java");
        Files.writeString(main, """
            package app;
            import dev.cloche.host.*;
            import dev.cloche.host.bundle.*;
            import dev.cloche.host.call.*;
            import java.nio.file.Path;
            class Main {
                public static void main(String[] args) {
                    try (Host host = Host.open(HostConfig.at(Path.of(args[0])))) {
                        host.install(BundleReader.read(Path.of("hello")));
                        host.load(BundleReader.read(Path.of("word-filter")));
                        Entry hello = Entry.command("hello");
                        System.out.print(host.call(Call.of("hello", hello, Payload.text("module")))
                                .payloadOrThrow().text());
                        Entry words = Entry.command("words");
                        System.out.print(host.call(Call.of("word-filter", words, Payload.EMPTY)) instanceof Reply.Ok);
                    }
                }
            }
            """);
        String modules = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> FOR_TESTS.stream().noneMatch(entry::contains))
                .collect(Collectors.joining(File.pathSeparator));
        Path classes = folder.resolve("classes");
        run("javac", "-proc:none", "-p", modules, "-d", classes.toString(), descriptor.toString(), main.toString());
        String output = run(
                "java",
                "--enable-native-access=org.xerial.sqlitejdbc",
                "-p",
                modules + File.pathSeparator + classes,
                "-m",
                "app/app.Main",
                folder.resolve("home").toString());
        assertThat(output).endsWith("hello, moduletrue");
    }

    private static String run(String tool, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
