package dev.cloche.host.control;

import dev.cloche.host.control.ControlException.Code;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The socket of a live host. One thread takes connections in, and a virtual thread serves each. What comes over a
/// connection is bounded, and what is no request gets an error: the host lives on. Safe for use by many threads.
public final class ControlServer implements AutoCloseable {
    /// Connections at the same time; one more is told so and closed.
    public static final int CONNECTIONS_MAX = 64;

    /// How long a connection may ask nothing, or leave an answer untaken.
    public static final Duration IDLE_MAX = Duration.ofMinutes(1);

    /// What all lines together may be held in, in bytes, beyond what each connection begins with.
    public static final long LINE_ROOM_BYTES = 2L * ControlProtocol.REQUEST_BYTES_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final long SWEEP_MILLIS = 1_000;
    private static final int WAITING_MAX = 16;

    private final Path socket;
    private final ControlPort port;
    private final String hello;
    private final LongSupplier nanoClock;
    private final Duration idle;
    private final ServerSocketChannel server;

    /// What tells the socket's file from another of its name; null where the system does not tell.
    private final @Nullable Object file;

    private final Selector selector;
    private final LineRoom room = new LineRoom(LINE_ROOM_BYTES);
    private final Set<ControlConnection> connections = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition allGone = lock.newCondition();
    private final AtomicBoolean stopped = new AtomicBoolean();

    private ControlServer(Path socket, ControlPort port, String hello, LongSupplier nanoClock, Duration idle)
            throws IOException {
        this.socket = socket;
        this.port = port;
        this.hello = hello;
        this.nanoClock = nanoClock;
        this.idle = idle;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket), WAITING_MAX);
            ownerOnly(socket);
            server.configureBlocking(false);
            this.selector = Selector.open();
            this.file = fileKey(socket);
            var _ = server.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /// Listens in a home. The caller holds the home's lock: a socket that is there is one of a host that is dead, and
    /// is replaced.
    ///
    /// @param release what `hello` says of the host's version
    /// @param nanoClock monotonic
    /// @throws ControlException if that cannot be done
    public static ControlServer open(Path home, ControlPort port, String release, LongSupplier nanoClock) {
        return open(home, port, release, nanoClock, IDLE_MAX);
    }

    static ControlServer open(Path home, ControlPort port, String release, LongSupplier nanoClock, Duration idle) {
        Path socket = home.resolve(ControlProtocol.SOCKET);
        requireUsable(home, socket);
        String hello = "{\"version\":" + ControlProtocol.VERSION + ",\"release\":\"" + release + "\",\"pid\":"
                + ProcessHandle.current().pid() + "}";
        try {
            removeStale(socket);
            ControlServer opened = new ControlServer(socket, port, hello, nanoClock, idle);
            Thread.ofPlatform().daemon().name("cloche-control").start(opened::accept);
            return opened;
        } catch (IOException | UnsupportedOperationException e) {
            throw new ControlException(
                    Code.UNAVAILABLE, "the host cannot listen: " + e.getMessage() + ", socket=" + socket, e);
        }
    }

    private static void requireUsable(Path home, Path socket) {
        if (ControlProtocol.isTooLong(socket)) {
            throw new ControlException(
                    Code.UNAVAILABLE,
                    "the path is too long for a socket; choose a home with a shorter one, for example through a link"
                            + " to it, bytes-max=" + ControlProtocol.PATH_BYTES_MAX + " socket=" + socket);
        }
        if (writableByOthers(home)) {
            throw new ControlException(
                    Code.FORBIDDEN,
                    "others may write in the home, and could put a socket of their own there; take that right away"
                            + " (chmod go-w), home=" + home);
        }
    }

    private static boolean writableByOthers(Path home) {
        if (!knowsOwners()) {
            return false;
        }
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(home);
            return rights.contains(PosixFilePermission.GROUP_WRITE)
                    || rights.contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException e) {
            throw new ControlException(
                    Code.UNAVAILABLE, "the home cannot be looked at: " + e.getMessage() + ", home=" + home, e);
        }
    }

    private static void removeStale(Path socket) throws IOException {
        if (Files.isRegularFile(socket, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(socket)) {
            throw new IOException("something else has the socket's name; move it away");
        }
        if (listens(socket)) {
            throw new IOException("somebody listens there already; close that socket first");
        }
        if (Files.deleteIfExists(socket)) {
            LOG.info("control: the socket of a host that is dead is replaced, socket={}", socket);
        }
    }

    /// Who holds the home's lock can only meet another socket of the same host here.
    private static boolean listens(Path socket) {
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static @Nullable Object fileKey(Path socket) throws IOException {
        return Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /// Removes the socket, unless it is that of a host which came later. As long as this one is open, no other file
    /// gets its key.
    private void removeOwn() throws IOException {
        try {
            if (Objects.equals(file, fileKey(socket))) {
                Files.deleteIfExists(socket);
            }
        } catch (NoSuchFileException _) {
            // Somebody has removed it already.
        }
    }

    /// Whoever connects before this is told by the system who it is, and refused if it is somebody else.
    private static void ownerOnly(Path socket) throws IOException {
        if (knowsOwners()) {
            var _ = Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static boolean knowsOwners() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    /// Where it listens.
    public Path socket() {
        return socket;
    }

    private void accept() {
        while (!stopped.get()) {
            try {
                selector.select(connections.isEmpty() ? 0 : SWEEP_MILLIS);
                selector.selectedKeys().clear();
                for (SocketChannel taken = server.accept(); taken != null; taken = server.accept()) {
                    admit(taken);
                }
                long now = nanoClock.getAsLong();
                connections.forEach(connection -> connection.closeIfIdle(now, idle.toNanos()));
            } catch (ClosedSelectorException _) {
                return;
            } catch (IOException e) {
                if (!stopped.get()) {
                    LOG.warn("control: a connection was not taken in, socket={}: {}", socket, e.toString());
                    // For example while the process has no file descriptors left.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS));
                }
            }
        }
    }

    private void admit(SocketChannel taken) {
        LineChannel lines = new LineChannel(taken, "the request", ControlProtocol.REQUEST_BYTES_MAX, room);
        try {
            taken.configureBlocking(true);
            Optional<ControlException> objection = objection(taken);
            if (objection.isPresent()) {
                lines.write(ControlRequest.refusedUnread(objection.get()));
                lines.close();
                return;
            }
        } catch (IOException e) {
            LOG.debug("control: a connection went away at once: {}", e.toString());
            closeQuietly(taken);
            return;
        }
        ControlConnection connection = new ControlConnection(lines, port, hello, nanoClock);
        connections.add(connection);
        Thread.ofVirtual().name("cloche-control").start(() -> {
            try {
                connection.run();
            } finally {
                left(connection);
            }
        });
        if (stopped.get()) {
            connection.finish();
        }
    }

    private Optional<ControlException> objection(SocketChannel taken) throws IOException {
        if (connections.size() >= CONNECTIONS_MAX) {
            return Optional.of(new ControlException(
                    Code.BUSY,
                    "there are as many connections as may be; close one, connections-max=" + CONNECTIONS_MAX));
        }
        return ControlProtocol.objectionToPeer(taken, socket)
                .map(reason -> new ControlException(Code.FORBIDDEN, reason));
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("control: a connection was not closed: {}", e.toString());
        }
    }

    private void left(ControlConnection connection) {
        connections.remove(connection);
        lock.lock();
        try {
            allGone.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes nothing more: no connection, and on those there are no request. The socket's file is gone afterwards.
    /// Idempotent.
    public void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        try {
            removeOwn();
            selector.close();
            server.close();
        } catch (IOException e) {
            LOG.warn("control: the socket was not closed, socket={}: {}", socket, e.toString());
        }
        connections.forEach(ControlConnection::finish);
    }

    /// Waits until what was asked before [#stop] is answered.
    ///
    /// @return whether it is, in time; an interrupt ends the wait and stays up
    public boolean awaitAnswered(Duration timeout) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!connections.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = allGone.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Does what [#stop] does and ends every connection. Idempotent.
    @Override
    public void close() {
        stop();
        connections.forEach(ControlConnection::close);
    }
}
