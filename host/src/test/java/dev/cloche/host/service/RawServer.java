package dev.cloche.host.service;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// An HTTP server on loopback that writes its responses byte by byte as a test says.
public final class RawServer implements AutoCloseable {
    private static final int BACKLOG = 50;
    private static final Pattern PATH = Pattern.compile("\\S+ (\\S+) .*");

    private final ServerSocket listening;
    private final Page page;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger silent = new AtomicInteger();

    /// What paths begin with after whose page the server says nothing more until the client has gone away.
    public static final String SILENT = "/silent/";

    /// Writes one response.
    @FunctionalInterface
    public interface Page {
        void write(String path, OutputStream out) throws Exception;
    }

    public RawServer(Page page) throws IOException {
        this.listening = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        this.page = page;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    /// How many connections are served now.
    public int connections() {
        return open.get();
    }

    /// How many clients are left waiting in silence now. Unlike connections, of which a client may keep spare ones.
    public int silences() {
        return silent.get();
    }

    private void beSilent(String path, BufferedReader in, OutputStream out) throws Exception {
        silent.incrementAndGet();
        try {
            page.write(path, out);
            while (in.read() >= 0) {
                // What it sends is of no interest.
            }
        } finally {
            silent.decrementAndGet();
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                open.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String request = in.readLine();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                // Headers are of no interest.
            }
            String path = PATH.matcher(request).replaceFirst("$1");
            if (path.startsWith(SILENT)) {
                beSilent(path, in, socket.getOutputStream());
            } else {
                page.write(path, socket.getOutputStream());
            }
        } catch (Exception _) {
            // The client has gone away.
        } finally {
            open.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
