package dev.cloche.host.engine.rewrite;

import static dev.cloche.host.engine.rewrite.ValueType.I32;
import static dev.cloche.host.engine.rewrite.ValueType.I64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The rules that keep a split function doing what it did. Each has its small function here; the fuzz has the
/// large ones.
class SplitRulesTest {
    private static final Signature TWO = new Signature(List.of(I32, I32), List.of(I32));
    private static final int SEEDS = 60;

    private static final SplitOptions.Groups NO_GROUPS = new SplitOptions.Groups(0, 1, 40, 12, 4_000);

    /// Everything is moved that can be, as large as it can be.
    private static final SplitOptions ALL = options(400, NO_GROUPS, 1, 1);

    /// Statements are moved one by one.
    private static final SplitOptions SINGLE = options(12, NO_GROUPS, 1, 1);

    /// Everything is moved that can be, and what is around it in the next round.
    private static SplitOptions rounds(int rounds, int generations) {
        return options(45, NO_GROUPS, rounds, generations);
    }

    private static SplitOptions groups() {
        return options(45, new SplitOptions.Groups(2, 1, 40, 12, 4_000), 1, 1);
    }

    private static SplitOptions options(int regionMax, SplitOptions.Groups groups, int rounds, int generations) {
        var regions = new SplitOptions.Regions(1, regionMax, 10, -500);
        return new SplitOptions(1, 1, Map.of(), regions, groups, rounds, generations, CodeCosts.ENGINE);
    }

    /// Splits a module, checks that it does the same and that scratch globals are used as they must, and gives
    /// the report.
    private static SplitReport.Split split(ModuleLayout.TestModule module, SplitOptions options) {
        var result = new SplitPass(options).run(module.wasm());
        var expected = EndiveRun.observe(module, Pipeline.Subject.compiled(module.wasm()));
        var actual = EndiveRun.observe(module, Pipeline.Subject.compiled(result.wasm()));
        assertThat(actual).isEqualTo(expected);
        SplitShape.check(module.wasm(), result.wasm());
        return (SplitReport.Split) result.report().functions().getFirst();
    }

    private static List<ValueType> locals(int count, ValueType type) {
        return Collections.nCopies(count, type);
    }

    @Test
    void aCallSiteIsMovedAsAWhole() {
        // The loop is too large at first: code in it is moved, and in the next round the loop with the call in it.
        String work = """
                get 0 i32 3 mul get 5 xor set 2   get 1 i32 5 mul get 4 add set 3
                get 2 get 3 sub set 4             get 3 get 2 mul set 5
                get 2 get 3 call 0 drop
                """;
        var module = Assembler.module(TWO, locals(5, I32), "i32 5 set 6 loop " + work.repeat(4) + """
                get 6 i32 1 sub tee 6 br_if 0 end
                get 2 get 3 xor get 4 add get 5 xor""");
        var options = options(150, NO_GROUPS, 4, 1);
        split(module, options);
        var shape = SplitShape.check(
                module.wasm(), new SplitPass(options).run(module.wasm()).wasm());
        assertThat(shape.nestedCalls()).isPositive();
    }

    @Test
    void theEndOfASplitOffFunctionStaysInIt() {
        var module = Assembler.module(TWO, locals(4, I32), """
                block
                  get 0 i32 3 mul get 1 xor set 2   get 1 i32 5 mul get 0 add set 3
                  get 0 br_if 0
                  get 2 get 3 sub set 4             get 3 get 2 mul set 5
                end
                get 2 get 3 add get 4 xor get 5 sub""");
        assertThat(split(module, rounds(4, 4)).outlined()).isGreaterThan(2);
    }

    @Test
    void unpackingGoesThroughALocalOfItsOwn() {
        var module = Assembler.module(TWO, List.of(I32, I32, I64, I64), """
                get 0 i32 1 add set 2   get 1 i32 2 add set 3
                get 0 wide i64 77 mul64 set 4   get 1 wide i64 99 mul64 set 5
                get 2 get 3 xor   get 4 get 5 add64 narrow   add""");
        var options = options(30, NO_GROUPS, 1, 1);
        split(module, options);
        var shape = SplitShape.check(
                module.wasm(), new SplitPass(options).run(module.wasm()).wasm());
        assertThat(shape.temporaries()).isPositive();
        assertThat(shape.reads()).isPositive();
    }

    @Test
    void anOutputThatIsSetOnOneWayOnlyComesInAsWell() {
        var module = Assembler.module(TWO, locals(2, I32), """
                get 1 i32 40 add set 2
                block
                  block
                    get 0 i32 7 eq br_if 1
                    get 0 i32 1 eq br_if 0
                    get 0 i32 9 mul set 2   get 0 i32 11 mul set 3
                  end
                  get 2 i32 1000 add set 2
                end
                get 2 get 3 xor""");
        assertThat(split(module, ALL).outlined()).isPositive();
    }

    @Test
    void whatTheNextTurnOfALoopReadsIsAnOutput() {
        var module = Assembler.module(TWO, locals(3, I32), """
                i32 10 set 2
                loop
                  get 3 get 4 i32 3 mul add get 0 xor set 3
                  get 2 get 1 add set 4
                  get 2 i32 1 sub tee 2 br_if 0
                end
                get 3""");
        assertThat(split(module, rounds(2, 2)).outlined()).isPositive();
    }

    @Test
    void negativeHalvesDoNotSpillOver() {
        var module = Assembler.module(TWO, locals(2, I32), """
                get 0 i32 -1 xor set 2   get 1 i32 -5 mul set 3
                get 2 i32 31 mul get 3 add""");
        assertThat(split(module, ALL).outlined()).isPositive();
    }

    @Test
    void aCallThatEntersAgainDoesNotDisturbTheScratchGlobals() {
        // The host calls back into the function, which uses the same globals.
        var module = Assembler.module(TWO, locals(3, I32), """
                gget 0 eqz if i32 0 return end   gget 0 i32 1 sub gset 0
                get 0 i32 3 mul set 2   get 1 i32 7 add set 3
                get 2 get 3 call 0 set 4
                get 2 get 3 xor get 4 add""");
        assertThat(split(module, rounds(3, 3)).outlined()).isPositive();
    }

    @Test
    void membersOfAGroupShareACallSite() {
        assertThat(split(interpreter("br 5"), groups()).dispatchers()).isPositive();
    }

    @Test
    void aMemberThatGoesOnAtItsEndGoesOnThere() {
        assertThat(split(interpreter(""), groups()).dispatchers()).isPositive();
    }

    /// A loop around a table with four cases that set the same locals.
    ///
    /// @param last what the last of them ends with
    private static ModuleLayout.TestModule interpreter(String last) {
        return Assembler.module(TWO, locals(3, I32), """
                i32 30 set 2
                block
                  loop
                    block
                      block block block block
                        get 2 i32 1 sub tee 2 eqz br_if 6
                        get 0 i32 4 rem br_table 0 1 2 3 3 ;
                      end
                      get 0 i32 5 add set 0   get 3 i32 3 mul get 1 add set 3   br 3
                      end
                      get 0 i32 7 add set 0   get 3 i32 5 mul get 1 xor set 3   br 2
                      end
                      get 0 i32 11 add set 0  get 3 i32 7 mul get 1 sub set 3   br 1
                      end
                      get 0 i32 2 add set 0   get 3 i32 9 mul get 0 sub set 3   LAST
                    end
                    br 0
                  end
                end
                get 3""".replace("LAST", last.isEmpty() ? "" : "br 1"));
    }

    @Test
    void whatArithmeticCanGiveIsNotPassed() {
        // Local 4 is computed from a parameter alone: the call of the loop's body passes that instead.
        var module = Assembler.module(TWO, locals(3, I32), """
                get 1 i32 8 add set 4
                i32 20 set 2
                loop
                  get 3 get 4 mul get 1 xor get 2 add set 3
                  get 2 i32 1 sub tee 2 br_if 0
                end
                get 3""");
        var options = options(24, NO_GROUPS, 1, 1);
        split(module, options);
        var result = ModuleModel.parse(new SplitPass(options).run(module.wasm()).wasm());
        int added = ModuleModel.parse(module.wasm()).functionCount();
        assertThat(result.functionType(added).params()).hasSize(3);
    }

    @Test
    void aTableLeadsToTheCallSiteAtOnce() {
        var module = interpreter("br 5");
        byte[] wasm = new SplitPass(groups()).run(module.wasm()).wasm();
        var body = ((Decoded.Tree) ModuleModel.parse(wasm).decode(1)).body();
        var tables = new ArrayList<Node.BranchTable>();
        Trees.walk(body.root().body(), node -> {
            if (node instanceof Node.BranchTable table && table.targets().size() == 5) {
                tables.add(table);
            }
        });
        assertThat(tables).hasSize(1);
        assertThat(BranchTables.entries(tables.getFirst()).stream().distinct()).hasSize(1);
    }

    @Test
    void whatCrossesTheBorderOnTheOperandStackStays() {
        var module = Assembler.module(TWO, List.of(), """
                get 0 get 1 mul
                block:i32 get 0 get 1 br_if 0 drop i32 1 end
                drop
                get 0 get 1 add xor""");
        assertThat(split(module, SINGLE).refusals()).containsKey("operands cross its border");
    }

    @Test
    void aBranchThatCarriesAValueStays() {
        var module = Assembler.module(TWO, locals(1, I32), """
                block:i32
                  get 0 i32 1 add set 2
                  get 2 i32 5 mul get 1 br_if 0 set 2
                  get 2 i32 9 mul
                end
                get 2 add""");
        assertThat(split(module, SINGLE).refusals()).containsKey("a branch out of it carries values");
    }

    @Test
    void aReferenceIsNoOutput() {
        var module = Assembler.module(TWO, List.of(ValueType.FUNCREF, I32), """
                get 0 if ref 1 set 2 end
                get 0 i32 3 mul set 3
                get 2 set 2
                get 3""");
        assertThat(split(module, SINGLE).refusals()).containsKey("an output is a reference or a vector");
    }

    @Test
    void aFunctionWithSeveralResultsStays() {
        var type = new Signature(List.of(I32, I32), List.of(I32, I32));
        var module = Assembler.module(type, List.of(), "get 0 i32 3 mul get 1");
        var report = new SplitPass(ALL).run(module.wasm()).report();
        assertThat(report.functions()).hasSize(1);
        assertThat(report.functions().getFirst())
                .isInstanceOfSatisfying(
                        SplitReport.Kept.class,
                        kept -> assertThat(kept.reason()).isEqualTo("several results"));
    }

    @Test
    void scratchIsReadRightBehindCallsAndWrittenRightBeforeTheEnd() {
        int reads = 0;
        int writes = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            byte[] wasm = ModuleGenerator.generate(seed).wasm();
            var shape = SplitShape.check(
                    wasm, new SplitPass(FuzzOptions.pick(seed)).run(wasm).wasm());
            reads += shape.reads();
            writes += shape.writes();
        }
        assertThat(reads).isGreaterThan(SEEDS);
        assertThat(writes).isGreaterThan(SEEDS);
    }

    @Test
    void sameModuleAndOptionsGiveTheSameBytes() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            byte[] wasm = ModuleGenerator.generate(seed).wasm();
            var pass = new SplitPass(FuzzOptions.pick(seed));
            var first = pass.run(wasm.clone());
            var second = pass.run(wasm.clone());
            assertThat(second.wasm()).isEqualTo(first.wasm());
            assertThat(second.report()).isEqualTo(first.report());
            assertThat(pass.inspect(wasm)).isEqualTo(first.report());
        }
    }

    @Test
    void smallFunctionsAreLeftAlone() {
        byte[] wasm = ModuleGenerator.generate(1, ModuleGenerator.Shape.SMALL).wasm();
        var result = new SplitPass(SplitOptions.DEFAULTS).run(wasm);
        assertThat(result.wasm()).isEqualTo(wasm);
        assertThat(result.report()).isEqualTo(new SplitReport(List.of(), 0, 0));
    }

    @Test
    void aSingleFunctionCanHaveATargetOfItsOwn() {
        var module = ModuleGenerator.generate(4);
        var options = SplitOptions.DEFAULTS.withLimitBytes(60_000).withTargets(Map.of(1, 500));
        var report = new SplitPass(options).inspect(module.wasm());
        assertThat(report.functions()).hasSize(1);
        assertThat(report.functions().getFirst().index()).isEqualTo(1);
    }

    @Test
    void aBadOptionIsNamed() {
        assertThatThrownBy(() -> SplitOptions.DEFAULTS.withTargets(Map.of(3, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be between 1 and 60000, targets[3]=0");
        assertThatThrownBy(() -> SplitOptions.DEFAULTS.withTargetBytes(10_000))
                .hasMessage("must be between 1 and 7600, targetBytes=10000");
    }

    @Test
    void defaultsAreWhatTheDocumentationSays() {
        assertThat(SplitOptions.DEFAULTS)
                .isEqualTo(new SplitOptions(
                        7_600,
                        6_000,
                        Map.of(),
                        new SplitOptions.Regions(60, 6_000, 8, 10),
                        new SplitOptions.Groups(3, 24, 40, 12, 4_000),
                        6,
                        4,
                        new CodeCosts(8, 3, 3)));
    }
}
