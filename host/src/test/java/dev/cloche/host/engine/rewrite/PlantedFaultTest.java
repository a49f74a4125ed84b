package dev.cloche.host.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The fuzz finds what it is there for: faults planted in the source of the pass, at least one for each rule.
class PlantedFaultTest {
    private static final int MODULES_MAX = 400;

    private static final DifferentialFuzz.Baseline BASELINE = new DifferentialFuzz.Baseline();

    @TempDir
    Path folder;

    static Stream<FaultyPass.Fault> faults() {
        return Stream.concat(faultsInUnits(), Stream.concat(faultsInLiveness(), faultsInTheRest()));
    }

    private static Stream<FaultyPass.Fault> faultsInUnits() {
        return Stream.of(
                new FaultyPass.Fault(
                        "1 a call site is not one unit",
                        "Round",
                        "new Replacement(region, List.of(site))",
                        "new Replacement(region, site.nodes())"),
                new FaultyPass.Fault(
                        "2 the end of a split off function can be moved",
                        "Outliner",
                        "        callee.tail().add(handover.epilogue(callee, outputs, way));",
                        """
                                var end = handover.epilogue(callee, outputs, way).nodes();
                                int split = end.size();
                                while (split > 0 && !(end.get(split - 1) instanceof Node.GlobalSet)) {
                                    split--;
                                }
                                var inner = Block.plain();
                                var copy = new ArrayList<Node>();
                                new Copier(Map.of(callee.body(), inner), local -> local)
                                        .copy(callee.body().body(), copy);
                                inner.body().addAll(copy);
                                callee.body().body().clear();
                                callee.body().body().add(inner);
                                callee.body().body().addAll(end.subList(0, split));
                                callee.tail().add(new Node.Unit(
                                        end.subList(split, end.size()), 0, handover.results().size(), true));
                        """),
                new FaultyPass.Fault(
                        "3 a site's temporary is any local of its type",
                        "Routine",
                        "return temporaries.computeIfAbsent(of, this::addLocal);",
                        "return locals.contains(of) ? locals.indexOf(of) : addLocal(of);"),
                new FaultyPass.Fault(
                        "5 halves are extended with their sign",
                        "Instructions",
                        "EXTEND = plain(Opcodes.I64_EXTEND_I32_U)",
                        "EXTEND = plain(0xAC)"),
                new FaultyPass.Fault(
                        "5 outputs of one type share a scratch global",
                        "Handover",
                        "scratch.global(type, used.merge(type, 1, Integer::sum) - 1)",
                        "scratch.global(type, 0)"));
    }

    private static Stream<FaultyPass.Fault> faultsInLiveness() {
        return Stream.of(
                new FaultyPass.Fault(
                        "4 what is read at exits is no output",
                        "Boundary",
                        "read = read.union(liveness.atLabel(exit));",
                        "read = read.union(LocalSet.EMPTY);"),
                new FaultyPass.Fault(
                        "4 what is read behind the end is no output",
                        "Boundary",
                        "completes ? behind : LocalSet.EMPTY",
                        "LocalSet.EMPTY"),
                new FaultyPass.Fault(
                        "4 outputs do not come in",
                        "Round",
                        "Liveness.inputs(part, boundary.exits(), boundary.outputs())",
                        "Liveness.inputs(part, boundary.exits(), LocalSet.EMPTY)"),
                new FaultyPass.Fault(
                        "4 loops are gone over once",
                        "Liveness",
                        "!start.containsAll(found);",
                        "found.isEmpty() && !start.containsAll(found);"),
                new FaultyPass.Fault(
                        "4 a branch that may not be taken hides what is behind it",
                        "Liveness",
                        "after.union(atLabel(branch.target()))",
                        "atLabel(branch.target())"));
    }

    private static Stream<FaultyPass.Fault> faultsInTheRest() {
        return Stream.of(
                new FaultyPass.Fault(
                        "6 a member of a group may go on at its end",
                        "GroupSearch",
                        "part.add(new Node.Branch(next));",
                        ""),
                new FaultyPass.Fault(
                        "6 members of a group have outputs of their own",
                        "GroupSearch",
                        ".computeIfAbsent(region.boundary().outputs(), key",
                        ".computeIfAbsent(LocalSet.of(region.boundary().outputs().size()), key"),
                new FaultyPass.Fault("6 exits need not enclose all members", "GroupSearch", """
                                    if (enclosed.size() >= members.size() * ENCLOSED) {
                                        exits.add(exit);
                                        members = enclosed;
                                    }
                        """, "exits.add(exit);"),
                new FaultyPass.Fault(
                        "7 operands may cross the border",
                        "RegionSearch",
                        "if (heightAt(arm, start) > 0 || height < node.pops()) {",
                        "if (false) {"),
                new FaultyPass.Fault(
                        "7 branches out may carry values",
                        "RegionSearch",
                        "exits.stream().anyMatch(exit -> !exit.labelTypes().isEmpty())",
                        "exits.isEmpty() && start < 0"),
                new FaultyPass.Fault("7 references are left out of the outputs", "RegionSearch", """
                                    refused.accept("an output is a reference or a vector");
                                    return;
                        """, """
                                    for (int local : boundary.outputs().stream().toArray()) {
                                        if (!routine.typeOf(local).isNumber()) {
                                            boundary = new Boundary(
                                                    boundary.exits(),
                                                    boundary.completes(),
                                                    boundary.outputs().without(local));
                                        }
                                    }
                        """),
                new FaultyPass.Fault(
                        "a local is computed before it is set",
                        "Derivations",
                        "definition != null && at.getOrDefault(definition.arm(), -1) > definition.index()",
                        "definition != null"),
                new FaultyPass.Fault(
                        "a short cut leads to the neighbour",
                        "Dispatch",
                        "memberOf.add(Math.max(member, 0));",
                        "memberOf.add(Math.max(member - 1, 0));"),
                new FaultyPass.Fault(
                        "code behind a block that is left by a branch is dead",
                        "DeadCode",
                        "|| (block.kind() != Block.Kind.LOOP && targets.contains(block));",
                        ";"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void plantedFaultIsFound(FaultyPass.Fault fault, TestReporter reporter) throws Exception {
        try (var faulty = new FaultyPass(fault, folder)) {
            Pipeline pipeline = (wasm, seed) -> Pipeline.Subject.compiled(faulty.split(wasm, seed));
            var fuzz = new DifferentialFuzz(pipeline, BASELINE, Optional.empty(), folder);
            long seed = 1;
            while (seed <= MODULES_MAX && fuzz.compare(ModuleGenerator.generate(seed))) {
                seed++;
            }
            assertThat(fuzz.differences())
                    .as("differences in %d modules", MODULES_MAX)
                    .isNotEmpty();
            reporter.publishEntry(
                    fault.name(),
                    "found by seed " + seed + ": " + fuzz.differences().getFirst());
        }
    }
}
