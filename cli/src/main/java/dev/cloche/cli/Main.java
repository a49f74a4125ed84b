package dev.cloche.cli;

/// Where the JVM starts. The launcher at the root of the source tree calls it.
final class Main {
    private Main() {}

    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        int status = Cloche.execute(terminal, args);
        // Threads of the host must not keep a finished command alive.
        System.exit(status);
    }
}
