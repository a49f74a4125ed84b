package dev.cloche.host.hostcall;

import java.util.Optional;

/// The way out of all isolates of one extension. A port belongs to one extension from its making: whose hostcall it is
/// never depends on anything the guest says. Safe for use by many threads.
public interface HostcallPort {

    /// The operation of this name, looked up once so that hostcalls need not.
    OpRef resolve(String op);

    /// The operation that a name which stands for none may have been meant for.
    default Optional<String> nearest(String op) {
        return Optional.empty();
    }

    /// The way out of one isolate.
    HostcallChannel open();
}
