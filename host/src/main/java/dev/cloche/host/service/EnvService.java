package dev.cloche.host.service;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.CompatRequest;
import dev.cloche.host.hostcall.CompatText;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.JsonText;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.policy.Scopes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Values by name that the operator gives out one by one: `env.get` for variables of the host's environment,
/// `secrets.get` for the host's secrets.
final class EnvService {
    private static final int REQUEST_BYTES_MAX = 16 * 1_024;
    private static final int NAME_BYTES_MAX = 1_024;

    private final String op;
    private final String capability;
    private final Function<String, Optional<String>> values;

    /// @param values the value of a name; must not block
    EnvService(String op, String capability, Function<String, Optional<String>> values) {
        this.op = op;
        this.capability = capability;
        this.values = values;
    }

    List<Op> ops() {
        return List.of(Op.immediate(op, capability, this::get, this::getCompat).reading());
    }

    private Outcome get(Admitted hostcall) {
        String name = JsonRequest.read(op, hostcall.request(), REQUEST_BYTES_MAX, List.of("name"))
                .nonEmptyString("name", NAME_BYTES_MAX);
        Denied denied = denied(hostcall, name);
        return denied != null
                ? denied
                : CompatText.ok(values.apply(name)
                        .map(value -> "{\"found\":true,\"value\":" + JsonText.quoted(value) + "}")
                        .orElse("{\"found\":false}"));
    }

    private Outcome getCompat(Admitted hostcall) {
        String name = CompatRequest.read(op, hostcall.request(), REQUEST_BYTES_MAX, List.of("name"))
                .string("name", 1, NAME_BYTES_MAX);
        Denied denied = denied(hostcall, name);
        if (denied != null) {
            return denied;
        }
        Optional<String> found = values.apply(name);
        return CompatText.ok(
                found.isPresent()
                        ? "{\"found\":true,\"value\":" + CompatText.quoted(found.get()) + "}"
                        : "{\"found\":false}");
    }

    private @Nullable Denied denied(Admitted hostcall, String name) {
        Predicate<Capability> covers = side -> Scopes.coversName(side, name);
        if (hostcall.allowed().permits(covers)) {
            return null;
        }
        String rule = hostcall.allowed().refusal(covers);
        return new Denied(
                DeniedCode.POLICY,
                op + ": " + Scopes.why(rule, capability) + ", name=" + JsonRequest.shown(name),
                Map.of("capability", capability, "rule", rule, "name", JsonRequest.shown(name)));
    }
}
