package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.policy.Decision;
import dev.cloche.host.policy.PolicyTable;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What stands before every operation for one extension: it must exist, policy must allow it, the quota must not be
/// used up. Every lane goes through here. Safe for use by many threads.
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final OpTable ops;
    private final Quota quota;

    /// By [OpRef#index].
    private volatile Verdict[] verdicts;

    Admission(OpTable ops, PolicyTable policy, Quota quota) {
        this.ops = ops;
        this.quota = quota;
        this.verdicts = judge(ops, policy);
    }

    private static Verdict[] judge(OpTable ops, PolicyTable policy) {
        return ops.byIndex().stream().map(op -> judge(op, policy)).toArray(Verdict[]::new);
    }

    private static Verdict judge(Op op, PolicyTable policy) {
        return switch (policy.decide(op.capability())) {
            case Decision.Allowed allowed -> granted(op, allowed);
            case Decision.Refused refused ->
                new Refused(new Denied(
                        DeniedCode.POLICY,
                        refused.message(),
                        Map.of("capability", refused.capability(), "rule", refused.rule())));
        };
    }

    /// An operation that can make nothing of what it is allowed is refused. The change goes on: what it takes away from
    /// others must not be left to them.
    private static Verdict granted(Op op, Decision.Allowed allowed) {
        try {
            return new Granted(op, allowed, op.scope().apply(allowed));
        } catch (RuntimeException e) {
            LOG.error("hostcall: a rule cannot be used, op={} rule={}", op.name(), allowed.rule(), e);
            return new Refused(new Denied(
                    DeniedCode.POLICY,
                    "the host can make nothing of what is allowed; its log says why, op=" + op.name() + " capability="
                            + allowed.capability() + " rule=" + allowed.rule(),
                    Map.of("capability", allowed.capability(), "rule", allowed.rule())));
        }
    }

    /// Goes by another policy from now on.
    void change(PolicyTable policy) {
        verdicts = judge(ops, policy);
    }

    Quota quota() {
        return quota;
    }

    /// Lets one hostcall in or refuses it. Whoever gets [Granted] calls [#done] exactly once.
    Verdict admit(OpRef ref, int bytes) {
        if (ref.index() == OpRef.UNKNOWN) {
            return new Refused(ops.unknown(ref.name()));
        }
        Verdict verdict = verdicts[ref.index()];
        if (!(verdict instanceof Granted granted)) {
            return verdict;
        }
        Denied denied = waits(granted.op) ? quota.enter(bytes) : quota.enterNow(bytes);
        return denied == null ? verdict : new Refused(denied);
    }

    /// Those that never wait are over before another can begin, and those that nest have a bound of their own, by how
    /// deep calls may nest.
    private static boolean waits(Op op) {
        return op.nature() == Op.Nature.BLOCKING;
    }

    void done(Op op, int answerBytes) {
        if (waits(op)) {
            quota.exit();
        }
        quota.answered(answerBytes);
    }

    /// What became of a hostcall that asked to come in.
    sealed interface Verdict {}

    record Granted(Op op, Decision.Allowed allowed, Object scope) implements Verdict {}

    record Refused(Outcome outcome) implements Verdict {}
}
