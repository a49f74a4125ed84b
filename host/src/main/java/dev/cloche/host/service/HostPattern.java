package dev.cloche.host.service;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/// A host as manifests and grants write it: `api.example.org`, `*.example.org` (everything below, not the name itself),
/// `*`, or a literal address; with `:port` where the port is not the scheme's usual one.
///
/// @param port as written, or empty
record HostPattern(String host, String port) {
    private static final String EVERYTHING_BELOW = "*.";

    static HostPattern parse(String text) {
        String pattern = text.toLowerCase(Locale.ROOT).strip();
        int bracket = pattern.indexOf(']');
        int colon = pattern.indexOf(':', Math.max(bracket, 0));
        boolean bareIpv6 = bracket < 0 && colon >= 0 && pattern.indexOf(':', colon + 1) >= 0;
        return colon < 0 || bareIpv6
                ? new HostPattern(pattern, "")
                : new HostPattern(pattern.substring(0, colon), pattern.substring(colon + 1));
    }

    boolean matches(FetchTarget target) {
        return matchesPort(target) && matchesHost(target);
    }

    private boolean matchesPort(FetchTarget target) {
        return port.isEmpty() ? target.usualPort() : port.equals(Integer.toString(target.port()));
    }

    private boolean matchesHost(FetchTarget target) {
        if (host.equals("*")) {
            return true;
        }
        if (host.startsWith(EVERYTHING_BELOW)) {
            return target.literal().isEmpty() && target.host().endsWith(host.substring(1));
        }
        Optional<InetAddress> literal = target.literal();
        return literal.isPresent() ? literal.equals(FetchTarget.literal(host)) : host.equals(target.host());
    }

    /// Whether the pattern names just this place, which is how an operator opens a place that is not public: a literal
    /// address, or `localhost` with its port.
    boolean names(FetchTarget target) {
        boolean literal = FetchTarget.literal(host).isPresent();
        boolean localhost = host.equals(NamedResolver.LOCALHOST) && !port.isEmpty();
        return (literal || localhost) && matches(target);
    }
}
