package dev.cloche.cli;

/// Where the JVM starts. The launcher at the root of the source tree calls it.
final class Main {
    /// Says how many threads carry virtual threads. Read when the first of those is made.
    static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    /// Guests on virtual threads hold all carriers but one; with as many as processors that would be one guest of two.
    private static final int CARRIERS_SPARE = 2;

    private Main() {}

    public static void main(String[] args) {
        spareCarriers();
        Terminal terminal = Terminal.ofProcess();
        int status = Cloche.execute(terminal, args);
        // Threads of the host must not keep a finished command alive.
        System.exit(status);
    }

    /// Has two carriers more than processors, unless whoever starts Java says otherwise.
    static void spareCarriers() {
        if (System.getProperty(CARRIERS) == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            System.setProperty(CARRIERS, String.valueOf(processors + CARRIERS_SPARE));
        }
    }
}
