package dev.cloche.bench.attack;

import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.host.Host;
import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A well-behaved extension that is called all the time, by a thread of its own, while others attack. It keeps a secret
/// in its key-value store, and each of its answers has to be right.
final class Neighbour implements AutoCloseable {
    static final String NAME = "neighbour";

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final String MANIFEST = """
            {"apiVersion": "cloche.dev/v1", "name": "neighbour", "version": "1.0.0", "kind": "script",
             "entry": "main.js", "capabilities": {"kv.read": {}, "kv.write": {}}, "limits": {"memory": "16MiB"},
             "contributes": {"commands": [{"name": "keep"}, {"name": "sum"}]}}""";
    private static final String CODE = """
            cloche.command('keep', (input) => cloche.kv.set('secret', input.text()));
            cloche.command('sum', async (input) => {
              const { numbers, secret } = input.json();
              if ((await cloche.kv.get('secret')) !== secret) return 'another secret';
              return `${numbers.reduce((sum, number) => sum + number, 0)}`;
            });
            """;

    private final Host host;
    private final String secret;
    private final Thread thread;
    private volatile boolean going = true;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private volatile long worstNanos;
    private volatile @Nullable String complaint;

    private Neighbour(Host host, String secret) {
        this.host = host;
        this.secret = secret;
        this.thread = Thread.ofPlatform().name(NAME).daemon().unstarted(this::serve);
    }

    /// Moves in and begins to serve.
    static Neighbour start(Host host, String secret) {
        var neighbour = new Neighbour(host, secret);
        host.load(bundle());
        host.call(Call.of(NAME, Entry.command("keep"), Payload.text(secret))).payloadOrThrow();
        neighbour.thread.start();
        return neighbour;
    }

    private static Bundle bundle() {
        return BundleReader.of(
                NAME,
                Map.of(
                        "cloche.json",
                        MANIFEST.getBytes(StandardCharsets.UTF_8),
                        "main.js",
                        CODE.getBytes(StandardCharsets.UTF_8)));
    }

    private void serve() {
        for (int round = 0; going; round++) {
            String request = "{\"numbers\":[%d,%d,%d],\"secret\":\"%s\"}".formatted(round, 7, -round, secret);
            Stopwatch watch = Stopwatch.start();
            Reply reply = host.call(Call.of(NAME, Entry.command("sum"), Payload.text(request)));
            worstNanos = Math.max(worstNanos, (long) watch.nanos());
            if (!(reply instanceof Reply.Ok ok) || !ok.payload().text().equals("7")) {
                wrong.incrementAndGet();
                complaint = reply.toString();
            }
            calls.incrementAndGet();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    long calls() {
        return calls.get();
    }

    long wrong() {
        return wrong.get();
    }

    long worstNanos() {
        return worstNanos;
    }

    /// What the last wrong answer was.
    String complaint() {
        String last = complaint;
        return last == null ? "" : last;
    }

    /// Ends the calls. Idempotent.
    @Override
    public void close() {
        going = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
