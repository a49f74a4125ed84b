package dev.cloche.bench.attack;

import dev.cloche.bench.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// All attacks there are: scripts and modules of `bench/attacks`, and modules that are written by a program.
final class Attacks {
    static final String SCRIPTS = "bench/attacks/scripts";
    static final String MODULES = "bench/attacks/modules";

    private Attacks() {}

    static List<Attack> all() {
        List<Attack> attacks = new ArrayList<>();
        for (Path file : files(SCRIPTS, ".js")) {
            String source = text(file);
            attacks.add(AttackFile.parse("script/" + stem(file), source).attack(new Attack.Code.Script(source)));
        }
        for (Path file : files(MODULES, ".wat")) {
            byte[] wasm = bytes(file.resolveSibling(stem(file) + ".wasm"));
            attacks.add(
                    AttackFile.parse("wasm/" + stem(file), text(file)).attack(new Attack.Code.Module(seed -> wasm)));
        }
        attacks.addAll(Bombs.all());
        return attacks;
    }

    /// The files of a folder of the checkout, in order of name.
    static List<Path> files(String folder, String suffix) {
        try (Stream<Path> files = Files.list(Checkout.path(folder))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.lastIndexOf('.'));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
