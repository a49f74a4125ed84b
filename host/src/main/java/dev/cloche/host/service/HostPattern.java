package dev.cloche.host.service;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A host as manifests and grants write it: `api.example.org`, `*.example.org` (everything below, not the name itself),
/// `*`, or a literal address; with `:port` where the port is not the scheme's usual one.
///
/// @param port the port, [#USUAL] where the pattern says none, [#NONE] where it says what is no port
/// @param address the address that it literally is, if it is one
record HostPattern(String host, int port, Optional<InetAddress> address) {
    private static final int USUAL = 0;
    private static final int NONE = -1;
    private static final String EVERYTHING = "*";
    private static final String EVERYTHING_BELOW = "*.";
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    static HostPattern parse(String text) {
        String pattern = text.toLowerCase(Locale.ROOT).strip();
        int bracket = pattern.indexOf(']');
        int colon = pattern.indexOf(':', Math.max(bracket, 0));
        boolean bareIpv6 = bracket < 0 && colon >= 0 && pattern.indexOf(':', colon + 1) >= 0;
        return colon < 0 || bareIpv6
                ? of(pattern, USUAL)
                : of(pattern.substring(0, colon), port(pattern.substring(colon + 1)));
    }

    private static HostPattern of(String host, int port) {
        return new HostPattern(host, port, FetchTarget.literal(host));
    }

    private static int port(String text) {
        return text.isEmpty() ? USUAL : PORT.matcher(text).matches() ? Integer.parseInt(text) : NONE;
    }

    boolean matches(FetchTarget target) {
        return matchesPort(target) && matchesHost(target);
    }

    private boolean matchesPort(FetchTarget target) {
        return port == USUAL ? target.usualPort() : port == target.port();
    }

    private boolean matchesHost(FetchTarget target) {
        if (host.equals(EVERYTHING)) {
            return true;
        }
        if (host.startsWith(EVERYTHING_BELOW)) {
            // The name itself and the pattern's own dot: what is longer lies below.
            String name = target.host();
            int rest = host.length() - 1;
            return target.literal().isEmpty() && name.regionMatches(name.length() - rest, host, 1, rest);
        }
        return target.literal().isPresent() ? target.literal().equals(address) : host.equals(target.host());
    }

    /// Whether the pattern names just this place, which is how an operator opens a place that is not public: a literal
    /// address, or `localhost` with its port.
    boolean names(FetchTarget target) {
        boolean localhost = host.equals(NamedResolver.LOCALHOST) && port != USUAL;
        return (address.isPresent() || localhost) && matches(target);
    }
}
