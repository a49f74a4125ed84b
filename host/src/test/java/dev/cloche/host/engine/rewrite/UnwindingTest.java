package dev.cloche.host.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import run.endive.runtime.Instance;

/// Branches that leave operands behind.
class UnwindingTest {
    private static final SplitOptions EVERYWHERE = new SplitOptions(
            20,
            10,
            Map.of(),
            new SplitOptions.Regions(8, 1_000, 10, -200),
            new SplitOptions.Groups(2, 2, 40, 9, 4_000),
            6,
            4,
            CodeCosts.SHORTENED);

    /// `(func (export "f") (result i32) (block (result i32) i32.const 3 i64.const 1 i32.const 9 i32.const 0
    /// br_table 0 0))`, twice in one function so that it is large enough, the first result dropped.
    private static final String BODY = "00" + "027f" + "4103" + "4201" + "4109" + "4100" + "0e010000" + "0b" + "1a"
            + "027f" + "4103" + "4201" + "4109" + "4100" + "0e010101" + "0b" + "0b";

    @Test
    void aTableThatLeavesOperandsBehindStillUnwindsThem() {
        byte[] split = new SplitPass(EVERYWHERE).run(module(BODY)).wasm();
        var subject = Pipeline.Subject.compiled(split);
        var builder = Instance.builder(subject.module());
        subject.wiring().accept(builder);
        assertThat(builder.build().export("f").apply()).containsExactly(9);
    }

    private static byte[] module(String body) {
        String code = length(body) + body;
        return HexFormat.of()
                .parseHex("0061736d01000000" + "010501" + "60" + "00" + "017f" + "03020100" + "070501" + "0166" + "0000"
                        + "0a" + length("01" + code) + "01" + code);
    }

    private static String length(String hex) {
        return HexFormat.of().toHexDigits((byte) (hex.length() / 2));
    }
}
