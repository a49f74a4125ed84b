package dev.cloche.bench.worker;

import dev.cloche.bench.Checkout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How further JVMs are started: this one's java command and class path, and only the flags that are named.
public final class Jvm {
    /// What the README tells every embedder to start the JVM with.
    public static final List<String> DEFAULT_FLAGS = List.of("--enable-native-access=ALL-UNNAMED");

    private Jvm() {}

    /// The command of a JVM that runs this class.
    ///
    /// @param flags beside the default ones
    public static List<String> command(Class<?> main, List<String> flags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(DEFAULT_FLAGS);
        command.addAll(flags);
        String checkout = System.getProperty(Checkout.PROPERTY);
        if (checkout != null) {
            command.add("-D" + Checkout.PROPERTY + "=" + checkout);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /// Starts a JVM with a workload in it.
    ///
    /// @param flags beside the default ones
    public static Worker start(
            String name, List<String> flags, Class<? extends Workload> workload, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(workload.getName()));
        all.addAll(arguments);
        return Worker.start(name, command(WorkerMain.class, flags, all));
    }
}
