package dev.cloche.host.service;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.policy.Decision;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// What the parameters of `http.fetch` let through. Both the manifest and a grant must match. A side without methods
/// means GET and HEAD in a manifest and the manifest's methods in a grant; a side without hosts leaves them to the
/// other, but at least one must name them.
final class FetchRules {
    static final String RULE_MANIFEST = Decision.BEYOND_MANIFEST;
    static final String RULE_GRANT = Decision.BEYOND_GRANT;
    static final String RULE_ADDRESS = "address";

    private static final List<String> METHODS_DEFAULT = List.of("GET", "HEAD");

    private FetchRules() {}

    /// Whether a request may go out.
    static Verdict decide(Decision.Allowed allowed, String method, FetchTarget target) {
        Predicate<Capability> matches = side -> permits(side, method, target);
        Capability requested = allowed.requested();
        List<String> methods = requested.values("methods");
        if (!matches.test(requested)
                || !(methods.isEmpty() ? METHODS_DEFAULT : methods).contains(method)
                || (requested.values("hosts").isEmpty() && allowed.grants().isEmpty())) {
            return denied(
                    RULE_MANIFEST, "the manifest does not ask for it; add it to http.fetch there", method, target);
        }
        List<Capability> grants = allowed.grants().stream()
                .filter(matches)
                .filter(grant -> !(grant.values("hosts").isEmpty()
                        && requested.values("hosts").isEmpty()))
                .toList();
        if (!allowed.grants().isEmpty() && grants.isEmpty()) {
            return denied(RULE_GRANT, "the operator's grant does not cover it", method, target);
        }
        if (allowed.denied(matches)) {
            return denied(Decision.DENIED, "the operator denies it", method, target);
        }
        boolean named = grants.stream()
                .flatMap(grant -> grant.values("hosts").stream())
                .anyMatch(pattern -> HostPattern.parse(pattern).names(target));
        if (named) {
            return new Open(Reach.NAMED);
        }
        Optional<InetAddress> literal = target.literal();
        if (literal.isPresent() && !PublicAddresses.contains(literal.get())) {
            return new Closed(notPublic(target));
        }
        return new Open(Reach.PUBLIC);
    }

    private static boolean permits(Capability side, String method, FetchTarget target) {
        List<String> hosts = side.values("hosts");
        List<String> methods = side.values("methods");
        return (hosts.isEmpty()
                        || hosts.stream()
                                .anyMatch(pattern -> HostPattern.parse(pattern).matches(target)))
                && (methods.isEmpty() || methods.contains(method));
    }

    private static Verdict denied(String rule, String why, String method, FetchTarget target) {
        return new Closed(new Denied(
                DeniedCode.POLICY,
                "http.fetch: " + why + ", method=" + method + " host=" + place(target),
                details(rule, target)));
    }

    /// The refusal of a place that is not on the public internet. Does not say which address it has: that is the
    /// operator's business.
    static Denied notPublic(FetchTarget target) {
        return new Denied(
                DeniedCode.POLICY,
                "http.fetch: the host is not on the public internet; the operator has to grant its literal address or"
                        + " localhost with the port, host=" + place(target),
                details(RULE_ADDRESS, target));
    }

    private static Map<String, String> details(String rule, FetchTarget target) {
        return Map.of("capability", "http.fetch", "rule", rule, "host", place(target));
    }

    private static String place(FetchTarget target) {
        return target.host() + ":" + target.port();
    }

    /// How far a request may reach. Connections of one reach are never used for the other.
    enum Reach {
        /// Public addresses, whatever name leads there.
        PUBLIC,
        /// The one place that the operator named.
        NAMED
    }

    /// Whether a request may go out.
    sealed interface Verdict {}

    record Open(Reach reach) implements Verdict {}

    record Closed(Denied denied) implements Verdict {}
}
