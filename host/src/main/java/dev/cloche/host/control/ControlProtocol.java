package dev.cloche.host.control;

import dev.cloche.host.control.ControlException.Code;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/// What both ends of the socket go by.
///
/// ```
/// request   {"id": 1, "op": "lane.force", "params": {"extension": "*", "reason": "drill"}}
/// answer    {"id": 1, "ok": true, "result": {...}}
///           {"id": 1, "ok": false, "error": {"code": "usage", "message": "..."}}
/// ```
public final class ControlProtocol {
    /// What `hello` answers. Another number is another protocol.
    public static final int VERSION = 1;

    /// The socket's name in the home.
    public static final String SOCKET = "host.sock";

    /// How long a request may be, in bytes.
    public static final int REQUEST_BYTES_MAX = 32 << 20;

    /// How long an answer may be, in bytes.
    public static final int ANSWER_BYTES_MAX = 64 << 20;

    /// How long the path of a socket may be, in bytes: the system's 108 less the zero at its end.
    public static final int PATH_BYTES_MAX = 107;

    static final String HELLO = "hello";

    private ControlProtocol() {}

    static boolean isTooLong(Path socket) {
        return socket.toString().getBytes(StandardCharsets.UTF_8).length > PATH_BYTES_MAX;
    }

    /// Why the process at the other end is not to be dealt with; empty if it is the owner's. Where the system does not
    /// tell who it is, the rights of the socket's file have to do.
    ///
    /// @param owned something that belongs to the user of this process
    static Optional<String> objectionToPeer(SocketChannel channel, Path owned) throws IOException {
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            return Optional.empty();
        }
        String peer =
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
        String owner = Files.getOwner(owned, LinkOption.NOFOLLOW_LINKS).getName();
        return peer.equals(owner)
                ? Optional.empty()
                : Optional.of("the socket is for one user alone, user=" + owner + " other=" + peer);
    }

    static ControlException tooLarge(String what, int bytesMax) {
        return new ControlException(Code.TOO_LARGE, what + " is longer than may be, bytes-max=" + bytesMax);
    }
}
