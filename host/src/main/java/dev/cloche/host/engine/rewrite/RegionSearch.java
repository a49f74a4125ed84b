package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Finds the regions of a function: as large as they may be, none within another.
///
/// The nodes of an arm are cut into statements where the operand stack is empty. Neighbours are joined as long as
/// they stay within the limits; a statement that is too large itself, or must stay, is looked into.
final class RegionSearch {
    private final Routine routine;
    private final Liveness liveness;
    private final CodeSize size;
    private final SplitOptions options;
    private final int regionMaxBytes;
    private final Consumer<String> refused;
    private final List<Region.Arm> path = new ArrayList<>();
    private final List<Region> found = new ArrayList<>();

    /// @param refused told why a part must stay
    RegionSearch(
            Routine routine, Liveness liveness, SplitOptions options, int regionMaxBytes, Consumer<String> refused) {
        this.routine = routine;
        this.liveness = liveness;
        this.options = options;
        this.regionMaxBytes = regionMaxBytes;
        this.refused = refused;
        this.size = new CodeSize(options.costs(), routine.type().params().size(), routine.locals());
    }

    List<Region> search() {
        scan(new Region.Arm(routine.body(), routine.body().body(), 0));
        return found;
    }

    /// Statements that are being joined.
    private static final class Run {
        final int start;
        int end;
        int bytes;
        int unitBytes;
        final Set<Block> exits = new LinkedHashSet<>();

        Run(int start) {
            this.start = start;
            this.end = start;
        }

        boolean isEmpty() {
            return start == end;
        }
    }

    private void scan(Region.Arm arm) {
        path.add(arm);
        List<Node> nodes = arm.nodes();
        Run run = new Run(0);
        int start = 0;
        while (start < nodes.size()) {
            int end = statementEnd(arm, start);
            var statement = nodes.subList(start, end);
            int bytes = size.of(statement);
            Set<Block> exits = bytes <= regionMaxBytes ? Trees.exits(statement) : Set.of();
            if (bytes <= regionMaxBytes && isMovable(arm, start, end, exits)) {
                if (!fits(run, bytes, exits)) {
                    finish(run);
                    run = new Run(start);
                }
                run.end = end;
                run.bytes += bytes;
                run.unitBytes += statement.getFirst() instanceof Node.Unit ? bytes : 0;
                run.exits.addAll(exits);
            } else {
                finish(run);
                run = new Run(end);
                lookInto(nodes, start, end);
            }
            start = end;
        }
        finish(run);
        path.removeLast();
    }

    private void lookInto(List<Node> nodes, int start, int end) {
        for (int i = start; i < end; i++) {
            if (nodes.get(i) instanceof Block block) {
                int at = i;
                block.arms().forEach(arm -> scan(new Region.Arm(block, arm, at)));
            }
        }
    }

    /// The first position behind a statement: where the operand stack is empty again, or what follows never runs.
    private static int statementEnd(Region.Arm arm, int start) {
        int height = heightAt(arm, start);
        for (int i = start; i < arm.nodes().size(); i++) {
            Node node = arm.nodes().get(i);
            height += node.pushes() - node.pops();
            if (height == 0 || node.ends()) {
                return i + 1;
            }
        }
        return arm.nodes().size();
    }

    /// How many operands there are before a statement: none, but at the start of a block that takes some.
    private static int heightAt(Region.Arm arm, int start) {
        return start == 0 ? arm.block().type().params().size() : 0;
    }

    private boolean isMovable(Region.Arm arm, int start, int end, Set<Block> exits) {
        if (exits.size() > options.regions().exitsMax()
                || Trees.isFixed(arm.nodes().subList(start, end))) {
            return false;
        }
        int height = 0;
        for (Node node : arm.nodes().subList(start, end)) {
            if (heightAt(arm, start) > 0 || height < node.pops()) {
                refused.accept("operands cross its border");
                return false;
            }
            height += node.pushes() - node.pops();
        }
        boolean ends = arm.nodes().get(end - 1).ends();
        if (height != 0 && !ends) {
            refused.accept("operands cross its border");
            return false;
        }
        if (exits.stream().anyMatch(exit -> !exit.labelTypes().isEmpty())) {
            refused.accept("a branch out of it carries values");
            return false;
        }
        return true;
    }

    private boolean fits(Run run, int bytes, Set<Block> exits) {
        if (run.bytes + bytes > regionMaxBytes) {
            return run.isEmpty();
        }
        var all = new LinkedHashSet<>(run.exits);
        all.addAll(exits);
        return all.size() <= options.regions().exitsMax();
    }

    private void finish(Run run) {
        if (run.isEmpty() || run.bytes - run.unitBytes < options.regions().minBytes()) {
            return;
        }
        var arm = path.getLast().nodes();
        var boundary = Boundary.of(arm.subList(run.start, run.end), liveness.behind(arm, run.end - 1), liveness);
        if (boundary.outputs().stream().anyMatch(local -> !routine.typeOf(local).isNumber())) {
            refused.accept("an output is a reference or a vector");
            return;
        }
        found.add(new Region(path, run.start, run.end, run.bytes, boundary));
    }
}
