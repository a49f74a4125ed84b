package dev.cloche.host.service;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.policy.Decision;
import java.util.List;
import java.util.Map;

/// What the parameters of `http.fetch` let through. Both the manifest and a grant must match. A side without methods
/// means GET and HEAD in a manifest and the manifest's methods in a grant; a side without hosts leaves them to the
/// other, but at least one must name them.
public final class FetchRules {
    static final String RULE_MANIFEST = Decision.BEYOND_MANIFEST;
    static final String RULE_GRANT = Decision.BEYOND_GRANT;
    static final String RULE_ADDRESS = "address";

    private static final Verdict NAMED = new Open(Reach.NAMED);
    private static final Verdict PUBLIC = new Open(Reach.PUBLIC);
    private static final List<String> METHODS_DEFAULT = List.of("GET", "HEAD");

    private final Side requested;
    private final List<Side> grants;
    private final List<Side> denials;

    /// One set of parameters, taken apart once. One without hosts or methods says nothing of them.
    private record Side(List<HostPattern> hosts, List<String> methods) {
        static Side of(Capability capability) {
            return new Side(
                    capability.values("hosts").stream().map(HostPattern::parse).toList(), capability.values("methods"));
        }

        boolean covers(String method, FetchTarget target) {
            return (methods.isEmpty() || methods.contains(method)) && (hosts.isEmpty() || reaches(target));
        }

        private boolean reaches(FetchTarget target) {
            for (int i = 0; i < hosts.size(); i++) {
                if (hosts.get(i).matches(target)) {
                    return true;
                }
            }
            return false;
        }

        boolean names(FetchTarget target) {
            for (int i = 0; i < hosts.size(); i++) {
                if (hosts.get(i).names(target)) {
                    return true;
                }
            }
            return false;
        }
    }

    private FetchRules(Decision.Allowed allowed) {
        Side asked = Side.of(allowed.requested());
        this.requested = asked.methods.isEmpty() ? new Side(asked.hosts, METHODS_DEFAULT) : asked;
        this.grants = allowed.grants().stream().map(Side::of).toList();
        this.denials = allowed.denials().stream().map(Side::of).toList();
    }

    /// The rules of what was allowed, to be asked many times.
    public static FetchRules of(Decision.Allowed allowed) {
        return new FetchRules(allowed);
    }

    /// Whether a request may go out. Allocates nothing where it may.
    public Verdict decide(String method, FetchTarget target) {
        if (!requested.covers(method, target) || (requested.hosts.isEmpty() && grants.isEmpty())) {
            return denied(
                    RULE_MANIFEST, "the manifest does not ask for it; add it to http.fetch there", method, target);
        }
        boolean covered = grants.isEmpty();
        boolean named = false;
        for (int i = 0; i < grants.size(); i++) {
            Side grant = grants.get(i);
            // Hosts must be said by one of the two.
            if (grant.covers(method, target) && !(grant.hosts.isEmpty() && requested.hosts.isEmpty())) {
                covered = true;
                named |= grant.names(target);
            }
        }
        if (!covered) {
            return denied(RULE_GRANT, "the operator's grant does not cover it", method, target);
        }
        for (int i = 0; i < denials.size(); i++) {
            if (denials.get(i).covers(method, target)) {
                return denied(Decision.DENIED, "the operator denies it", method, target);
            }
        }
        if (named) {
            return NAMED;
        }
        if (target.literal().isPresent()
                && !PublicAddresses.contains(target.literal().get())) {
            return new Closed(notPublic(target));
        }
        return PUBLIC;
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
    public enum Reach {
        /// Public addresses, whatever name leads there.
        PUBLIC,
        /// The one place that the operator named.
        NAMED
    }

    /// Whether a request may go out.
    public sealed interface Verdict {}

    public record Open(Reach reach) implements Verdict {}

    public record Closed(Denied denied) implements Verdict {}
}
