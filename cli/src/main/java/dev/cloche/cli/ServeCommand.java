package dev.cloche.cli;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.HostSocket;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// A host that stays until it is told to end.
@Command(
        name = "serve",
        description = "Opens a host on its home and keeps it until it is interrupted or terminated. Other commands on"
                + " the same home then speak to it, through a socket that is its owner's alone.",
        footer = {
            "  cloche serve",
            "  cloche serve --home /srv/cloche --policy safe",
            "  cloche serve --ext-compat-lane markdown,word-filter"
        })
final class ServeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    @Mixin
    private final HostcallOptions hostcallOptions = new HostcallOptions();

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        HostConfig config = hostcallOptions.applied(hostOptions.lasting(terminal));
        hostOptions.live().ifPresent(ServeCommand::refuse);
        return HostOptions.onHost(config, this::serve);
    }

    /// Sooner than the home's lock would.
    private static void refuse(LiveHost live) {
        try (live) {
            String pid = JsonText.text(JsonText.read(live.ask("ping", "{}")).path("pid"));
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE,
                    "another host uses this home; stop it or choose another home, socket=" + live.socket() + " pid="
                            + pid);
        }
    }

    private int serve(Host host) {
        Ending ending;
        try (HostSocket socket = HostSocket.open(host)) {
            ending = new Ending(socket);
            Runtime.getRuntime().addShutdownHook(ending);
            host.prewarmed().join();
            terminal.line("listening on " + socket.path());
            socket.awaitShutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitStatus.UNAVAILABLE, "the thread that serves was interrupted", e);
        }
        host.close();
        ending.done();
        return ExitStatus.OK;
    }

    /// Has a signal end the host as a shutdown does, and the process with the exit code of one.
    private static final class Ending extends Thread {
        private final HostSocket socket;
        private final CountDownLatch closed = new CountDownLatch(1);

        Ending(HostSocket socket) {
            super("cloche-ending");
            this.socket = socket;
        }

        @Override
        public void run() {
            socket.shutdown();
            try {
                closed.await();
                // Without this the exit code would be that of the signal.
                Runtime.getRuntime().halt(ExitStatus.OK);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        /// The host is closed.
        void done() {
            closed.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(this);
            } catch (IllegalStateException _) {
                // A signal came, and ends the process.
            }
        }
    }
}
