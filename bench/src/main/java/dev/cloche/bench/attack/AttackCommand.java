package dev.cloche.bench.attack;

import java.io.PrintStream;
import java.util.List;

/// The command `cloche attack`: runs hostile guests and prints what became of them.
public final class AttackCommand {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private static final int SEEDS = 4;
    private static final int ATTACKS_A_LINE = 25;

    private final PrintStream out;
    private final PrintStream err;

    AttackCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new AttackCommand(System.out, System.err).run(List.of(args)));
    }

    /// @return the exit status
    int run(List<String> typed) {
        if (typed.contains("--help") || typed.contains("-h")) {
            out.print(AttackArguments.USAGE);
            return OK;
        }
        AttackArguments arguments;
        List<Attack> attacks;
        try {
            arguments = AttackArguments.of(typed);
            attacks = chosen(arguments);
        } catch (IllegalArgumentException e) {
            err.println("cloche: " + e.getMessage() + "\n");
            err.print(AttackArguments.USAGE);
            return USAGE;
        }
        if (arguments.list()) {
            attacks.forEach(attack -> out.println(attack.name() + " (" + attack.family() + "): " + attack.tries()));
            return OK;
        }
        SiegeReport report = siege(arguments, attacks, "./cloche attack " + String.join(" ", typed));
        out.print(
                switch (arguments.format()) {
                    case TEXT -> report.text();
                    case JSON -> report.json();
                    case MARKDOWN -> report.markdown();
                });
        return report.passed() ? OK : FAILED;
    }

    private static List<Attack> chosen(AttackArguments arguments) {
        List<Attack> attacks = Attacks.all().stream()
                .filter(attack -> arguments.only().matcher(attack.name()).find())
                .toList();
        if (attacks.isEmpty()) {
            throw new IllegalArgumentException("there is no such attack, only=" + arguments.only());
        }
        return attacks;
    }

    private SiegeReport siege(AttackArguments arguments, List<Attack> attacks, String command) {
        try (Siege siege =
                new Siege(arguments.seed(), arguments.quick() ? 1 : SEEDS, line -> err.println("cloche: " + line))) {
            for (int i = 0; i < attacks.size(); i++) {
                if (i % ATTACKS_A_LINE == 0) {
                    err.println("cloche: attack " + (i + 1) + " of " + attacks.size() + " ...");
                }
                siege.lay(attacks.get(i));
            }
            siege.finish();
            return siege.report(command.strip(), attacks);
        }
    }
}
