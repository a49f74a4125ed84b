package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ErrorReporterTest {
    private final Session session = Session.interactive();
    private final ErrorReporter quiet = new ErrorReporter(session.terminal(), () -> false);
    private final ErrorReporter verbose = new ErrorReporter(session.terminal(), () -> true);

    @Test
    void aKnownFailureIsOneSentence() {
        CommandFailure failure = new CommandFailure(ExitStatus.UNAVAILABLE, "no home", new IOException("full"));
        assertThat(quiet.report(failure)).isEqualTo(6);
        assertThat(session.err()).isEqualTo("cloche: no home\n");
    }

    @Test
    void verboseShowsTheCause() {
        verbose.report(new CommandFailure(ExitStatus.UNAVAILABLE, "no home", new IOException("full")));
        assertThat(session.err()).startsWith("cloche: no home\n  caused by java.io.IOException: full\n    at ");
    }

    @Test
    void aRefusedBundleSaysTheFirstReasonAndHowManyMoreThereAre() {
        Violation name = new Violation("/name", "is missing", "write a name");
        Violation kind = new Violation("/kind", "is missing", "write a kind");
        assertThat(quiet.report(new BundleException("x", List.of(name, kind)))).isEqualTo(6);
        assertThat(session.err())
                .isEqualTo("cloche: the bundle cannot be used: /name: is missing; write a name (and 1 more; `cloche"
                        + " check` lists them)\n");
    }

    @Test
    void anythingElseIsABugToReport() {
        assertThat(quiet.report(new IllegalStateException("odd"))).isEqualTo(70);
        assertThat(session.err())
                .startsWith("cloche: this is a bug in cloche, please report it")
                .endsWith("error=java.lang.IllegalStateException: odd\n");
    }

    @Test
    void whereTheResultIsJsonSoIsAnythingElse() {
        CommandLine run = parsed("run", "garden", "--json");
        assertThat(quiet.handleExecutionException(new IllegalStateException("odd"), run, null))
                .isEqualTo(70);
        assertThat(session.out())
                .isEqualTo("{\"status\":\"bug\",\"message\":\"java.lang.IllegalStateException: odd\"}\n");
        assertThat(session.err()).startsWith("cloche: this is a bug in cloche, please report it");
    }

    @Test
    void whereTheResultIsJsonVerboseStillShowsTheCause() {
        CommandLine run = parsed("run", "garden", "--json");
        CommandFailure failure = new CommandFailure(ExitStatus.UNAVAILABLE, "no home", new IOException("full"));
        assertThat(verbose.handleExecutionException(failure, run, null)).isEqualTo(6);
        assertThat(session.out()).isEqualTo("{\"status\":\"unavailable\",\"message\":\"no home\"}\n");
        assertThat(session.err()).startsWith("  caused by java.io.IOException: full\n");
    }

    private CommandLine parsed(String... args) {
        CommandLine root = new Cloche().commandLine(session.terminal());
        return root.parseArgs(args).subcommand().commandSpec().commandLine();
    }

    @Test
    void aBrokenPipeEndsTheCommandQuietly() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal closed = new Terminal(
                new ByteArrayInputStream(new byte[0]),
                true,
                failing("Broken pipe"),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(Cloche.execute(closed, "completion")).isEqualTo(141);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void anyOtherFaultOfTheOutputIsSaid() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal full = new Terminal(
                new ByteArrayInputStream(new byte[0]),
                true,
                failing("No space left on device"),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(Cloche.execute(full, "completion")).isEqualTo(6);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("cloche: the output cannot be written, reason=No space left on device\n");
    }

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
    }
}
