package dev.cloche.host.policy.command;

import java.util.List;
import java.util.Set;

/// Recursive deletes.
///
/// By force, one always counts. Without it, one counts unless all it deletes is named, and lies below the folder that
/// the command is started in: `rm -r build/old` is housekeeping, `rm -r *`, `rm -r ..`, `rm -r /srv` and
/// `rm -r "$dir"` are not.
final class DeletionRules {
    private static final Set<String> FIND_FILTERS = Set.of(
            "-name", "-iname", "-path", "-ipath", "-regex", "-iregex", "-mtime", "-mmin", "-atime", "-ctime", "-newer",
            "-empty", "-size");
    private static final Set<String> DELETING = Set.of("rm", "unlink", "rmdir", "shred", "grm");

    /// Stands for what `find` finds, for whoever deletes that.
    private static final String EVERYTHING_BELOW = "/**";

    private DeletionRules() {}

    static void check(Invocation invocation, Findings findings) {
        boolean deletes = switch (invocation.name()) {
            case "rm", "grm", "srm" -> removes(invocation);
            case "rimraf", "del-cli" -> !invocation.operands().isEmpty();
            case "find", "gfind" -> finds(invocation);
            case "mv" -> movesAway(invocation);
            case "rsync" -> mirrors(invocation);
            default -> false;
        };
        if (deletes) {
            findings.add(CommandClass.RECURSIVE_DELETE, invocation.source());
        }
    }

    private static boolean removes(Invocation invocation) {
        List<String> operands = invocation.operands();
        boolean hiddenOption = operands.contains(Marks.UNKNOWN_TEXT) && operands.size() > 1;
        if (operands.stream().anyMatch(path -> path.endsWith(EVERYTHING_BELOW) && !isBelow(invocation, path))) {
            return true;
        }
        boolean recursive = invocation.flag('r') || invocation.flag('R') || invocation.option("--recursive");
        if (!recursive) {
            return invocation.option("--no-preserve-root")
                    || (hiddenOption && operands.stream().anyMatch(path -> everything(invocation, path)));
        }
        boolean force = invocation.flag('f') || invocation.option("--force");
        return force || operands.isEmpty() || operands.stream().anyMatch(path -> !isBelow(invocation, path));
    }

    private static boolean isBelow(Invocation invocation, String path) {
        return Paths.below(invocation.resolved(path));
    }

    private static boolean everything(Invocation invocation, String path) {
        String resolved = invocation.resolved(path);
        return resolved.equals("/") || resolved.equals("/*") || resolved.equals("~") || resolved.equals("~/*");
    }

    /// `find` with `-delete`, or with a program that deletes: as `rm -r`, but a filter narrows the folder itself.
    private static boolean finds(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        boolean deletes = arguments.contains("-delete");
        for (int i = 0; i + 1 < arguments.size(); i++) {
            deletes |= arguments.get(i).startsWith("-exec") && DELETING.contains(Paths.name(arguments.get(i + 1)));
        }
        if (!deletes) {
            return false;
        }
        boolean filtered = filtered(invocation);
        List<String> starts = starts(invocation);
        boolean here = starts.isEmpty()
                || starts.stream().anyMatch(start -> invocation.resolved(start).isEmpty());
        return here
                ? !filtered || !invocation.scope().folder().isEmpty()
                : starts.stream().anyMatch(start -> !isBelow(invocation, start));
    }

    private static boolean filtered(Invocation find) {
        return find.arguments().stream().anyMatch(FIND_FILTERS::contains);
    }

    private static List<String> starts(Invocation find) {
        return find.arguments().stream()
                .takeWhile(argument -> !argument.startsWith("-") && !argument.equals("(") && !argument.equals("!"))
                .toList();
    }

    /// What `find` writes, in a form that [#check] understands.
    static Flow found(Invocation find) {
        boolean everything = !filtered(find);
        StringBuilder found = new StringBuilder();
        for (String start : starts(find)) {
            String path = find.resolved(start);
            boolean outside = !path.isEmpty() && !Paths.below(path);
            found.append(outside || (everything && path.isEmpty()) ? path + EVERYTHING_BELOW : Marks.UNKNOWN_TEXT);
            found.append('\n');
        }
        return found.isEmpty() ? Flow.UNKNOWN : Flow.of(found.toString());
    }

    private static boolean movesAway(Invocation invocation) {
        List<String> operands = invocation.operands();
        return operands.size() > 1
                && invocation.resolved(operands.getLast()).equals("/dev/null")
                && operands.stream().anyMatch(path -> !isBelow(invocation, path) && !path.equals(operands.getLast()));
    }

    private static boolean mirrors(Invocation invocation) {
        boolean deletes = invocation.arguments().stream().anyMatch(argument -> argument.startsWith("--del"));
        List<String> operands = invocation.operands();
        return deletes && !operands.isEmpty() && !isBelow(invocation, operands.getLast());
    }
}
