package dev.cloche.bench.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttackCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return new AttackCommand(stream(out), stream(err)).run(List.of(arguments));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void attacksAreListedWithWhatTheyTry() {
        assertThat(run("--list", "--only=^script/spin$")).isZero();
        assertThat(out()).isEqualTo("script/spin (time): loops and does nothing\n");
    }

    @Test
    void attacksThatAreSurvivedEndWithZeroAndATable() {
        assertThat(run("--quick", "--only=^(script|wasm)/spin-fuel$", "--seed=3"))
                .isZero();
        assertThat(out())
                .contains("./cloche attack --quick", "script: time", "exhausted fuel 4", "runs=6 as-they-must=6")
                .endsWith("survived\n");
    }

    @Test
    void runsComeAsJson() {
        int status = run("--quick", "--only=^wasm/unreachable$", "--json");
        assertThat(status).as(out() + err).isZero();
        assertThat(out())
                .contains("\"passed\" : true", "\"outcome\" : \"trapped unreachable", "\"mode\" : \"interpreted\"");
    }

    @Test
    void wrongArgumentsAreNamedAboveTheUsage() {
        assertRefused("there is no such argument, argument=now", "now");
        assertRefused("there is no such attack, only=nothing-like-it", "--only=nothing-like-it");
        assertRefused("not a regular expression", "--only=(");
        assertRefused("a seed is a whole number, seed=x", "--seed=x");
        assertRefused("--json and --markdown exclude each other", "--json", "--markdown");
    }

    private void assertRefused(String message, String... arguments) {
        err.reset();
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("cloche: " + message)
                .contains("Usage: cloche attack");
        assertThat(out()).isEmpty();
    }

    @Test
    void helpIsNoError() {
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("Usage: cloche attack");
    }

    @Test
    void aDeathIsAFailureThatIsNamed() {
        Attack attack = Attacks.all().getFirst();
        Run died = new Run(attack.name(), Mode.COMPILED, "any", 1, "the host died", List.of("the host died"), 0, 0);
        Run well = new Run(attack.name(), Mode.COMPILED, "virtual", 1, "timed-out", List.of(), 5, 0);
        var beside = new SiegeReport.Beside(10, 0, 1e6);
        var lost = new SiegeReport("c", List.of(attack), List.of(well, died), List.of("it"), List.of(), beside, 1);
        assertThat(lost.passed()).isFalse();
        assertThat(lost.text())
                .contains("host-deaths=1", "FAULT the host died: it")
                .endsWith("FAILED\n");
        assertThat(lost.markdown()).contains("| Family |", "FAULT: the host died: it");
        var won = new SiegeReport("c", List.of(attack), List.of(well), List.of(), List.of(), beside, 1);
        assertThat(won.passed()).isTrue();
        var starved = new SiegeReport.Beside(10, 1, 1e6);
        assertThat(new SiegeReport("c", List.of(attack), List.of(well), List.of(), List.of(), starved, 1).passed())
                .isFalse();
        assertThat(new SiegeReport("c", List.of(attack), List.of(well), List.of(), List.of("x"), beside, 1).passed())
                .isFalse();
    }
}
