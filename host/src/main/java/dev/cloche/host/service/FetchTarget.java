package dev.cloche.host.service;

import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a request goes, taken apart once: policy, resolver and client all go by the same reading of the URL.
///
/// @param scheme `http` or `https`
/// @param host a name in lower case, or a literal address (IPv6 in brackets)
/// @param uri the whole URL, without fragment, with at least `/` as its path
/// @param literal the address that the host literally is, if it is one
public record FetchTarget(String scheme, String host, int port, URI uri, Optional<InetAddress> literal) {
    static final int URL_CHARS_MAX = 8 * 1024;

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int PORT_MAX = 65_535;
    private static final int HOST_CHARS_MAX = 253;
    private static final Pattern URL =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*)([^#]*))?.*", Pattern.DOTALL);
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?");
    /// Possessive, as it goes through labels in a loop then: otherwise each takes some of a stack that may be nearly
    /// full.
    private static final Pattern NAME =
            Pattern.compile("(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)*+[a-z](?:[a-z0-9-]*[a-z0-9])?");
    private static final Pattern DOTTED_QUAD = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");
    private static final String KEPT = "-._~!$&'()*+,;=:@/?%";

    FetchTarget(String scheme, String host, int port, URI uri) {
        this(scheme, host, port, uri, literal(host));
    }

    /// Reads an absolute URL.
    public static FetchTarget parse(String url) {
        if (url.length() > URL_CHARS_MAX) {
            throw invalid("the URL must have at most " + URL_CHARS_MAX + " characters", url);
        }
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw invalid("the field must be an absolute URL", url);
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw invalid("the URL must begin with http:// or https://", url);
        }
        String authority = parts.group(2);
        if (authority == null || authority.isEmpty()) {
            throw invalid("the URL must name a host", url);
        }
        if (authority.indexOf('@') >= 0) {
            throw invalid("the URL must not carry credentials; send them in a header", url);
        }
        Matcher hostAndPort = AUTHORITY.matcher(authority);
        if (!hostAndPort.matches()) {
            throw invalid("the host must be a name of letters, digits, dashes and dots, or an address", url);
        }
        return of(url, scheme, host(url, hostAndPort.group(1)), port(url, scheme, hostAndPort), parts.group(3));
    }

    private static FetchTarget of(String url, String scheme, String host, int port, String rest) {
        String path = rest.startsWith("/") ? rest : "/" + rest;
        String shownPort = port == defaultPort(scheme) ? "" : ":" + port;
        try {
            return new FetchTarget(scheme, host, port, new URI(scheme + "://" + host + shownPort + encoded(path)));
        } catch (URISyntaxException e) {
            throw invalid("the URL is malformed: " + e.getReason(), url);
        }
    }

    private static String host(String url, String text) {
        if (text.startsWith("[")) {
            InetAddress address = address(url, text.substring(1, text.length() - 1));
            // An IPv4 address written as an IPv6 one is an IPv4 address.
            return address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
        }
        String host = text.toLowerCase(Locale.ROOT);
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (DOTTED_QUAD.matcher(name).matches()) {
            return address(url, name).getHostAddress();
        }
        // A name that ends in a number is an address to some resolvers: 2130706433, 0x7f.1, 127.1.
        if (name.length() > HOST_CHARS_MAX || !NAME.matcher(name).matches()) {
            throw invalid("the host must be a name of letters, digits, dashes and dots, or an address", url);
        }
        return name;
    }

    private static InetAddress address(String url, String literal) {
        try {
            return InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException _) {
            throw invalid("the host is not an address that exists", url);
        }
    }

    private static int port(String url, String scheme, Matcher hostAndPort) {
        String text = hostAndPort.group(2);
        int port = text == null ? defaultPort(scheme) : Integer.parseInt(text);
        if (port < 1 || port > PORT_MAX) {
            throw invalid("the port must be from 1 to " + PORT_MAX, url);
        }
        return port;
    }

    // Browsers take characters that RFC 3986 does not, and escape them on the way.
    private static String encoded(String path) {
        StringBuilder encoded = new StringBuilder(path.length());
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || KEPT.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(String.format("%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    /// Where a redirect leads, seen from here.
    FetchTarget resolve(String location) {
        if (URL.matcher(location).matches()) {
            return parse(location);
        }
        int fragment = location.indexOf('#');
        String reference = fragment < 0 ? location : location.substring(0, fragment);
        if (reference.startsWith("//")) {
            return parse(scheme + ":" + reference);
        }
        String origin = origin();
        if (reference.startsWith("/")) {
            return parse(origin + reference);
        }
        String path = uri.getRawPath();
        if (reference.isEmpty() || reference.startsWith("?")) {
            return parse(origin + path + reference);
        }
        return parse(URI.create(origin + path.substring(0, path.lastIndexOf('/') + 1) + encoded(reference))
                .normalize()
                .toString());
    }

    /// Scheme, host and port: what decides whether two URLs belong together.
    String origin() {
        return scheme + "://" + host + ":" + port;
    }

    /// Whether the port is the usual one of the scheme.
    boolean usualPort() {
        return port == defaultPort(scheme);
    }

    /// The address that a host or pattern literally is, if it is one. Asks no resolver.
    static Optional<InetAddress> literal(String host) {
        String text = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (!DOTTED_QUAD.matcher(text).matches() && text.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
    }

    private static InvalidRequestException invalid(String what, String url) {
        return new InvalidRequestException("http.fetch: " + what + ", field=url value=" + JsonRequest.shown(url));
    }
}
