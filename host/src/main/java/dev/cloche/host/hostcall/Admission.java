package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.policy.Decision;
import dev.cloche.host.policy.PolicyTable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What stands before every operation for one extension: it must exist, policy must allow it, the quota must not be
/// used up. Every lane goes through here. Safe for use by many threads.
final class Admission {
    private final OpTable ops;
    private final Quota quota;
    private final Map<String, Verdict> verdicts;

    Admission(OpTable ops, PolicyTable policy, Quota quota) {
        this.ops = ops;
        this.quota = quota;
        this.verdicts = ops.bind(op -> judge(op, policy));
    }

    private static Verdict judge(Op op, PolicyTable policy) {
        return switch (policy.decide(op.capability())) {
            case Decision.Allowed allowed -> new Granted(op, allowed);
            case Decision.Refused refused ->
                new Refused(new Denied(
                        DeniedCode.POLICY,
                        refused.message(),
                        Map.of("capability", refused.capability(), "rule", refused.rule())));
        };
    }

    /// Lets one hostcall in or refuses it. Whoever gets [Granted] calls [#done] exactly once.
    Verdict admit(String opName) {
        Verdict verdict = verdicts.get(opName);
        if (verdict == null) {
            return new Refused(ops.unknown(opName));
        }
        if (verdict instanceof Granted granted) {
            @Nullable Denied denied = granted.op().nests() ? quota.enterNested() : quota.enter();
            return denied == null ? verdict : new Refused(denied);
        }
        return verdict;
    }

    void done(Op op) {
        if (!op.nests()) {
            quota.exit();
        }
    }

    /// What became of a hostcall that asked to come in.
    sealed interface Verdict {}

    record Granted(Op op, Decision.Allowed allowed) implements Verdict {}

    record Refused(Outcome outcome) implements Verdict {}
}
