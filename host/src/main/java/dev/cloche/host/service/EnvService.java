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
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.policy.Scopes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Values by name that the operator gives out one by one: `env.get` for variables of the host's environment,
/// `secrets.get` for the host's secrets.
final class EnvService {
    private static final Logger LOG = LoggerFactory.getLogger(EnvService.class);
    private static final int REQUEST_BYTES_MAX = 16 * 1_024;
    private static final int NAME_BYTES_MAX = 1_024;

    private final String op;
    private final String capability;
    private final boolean waits;
    private final Values values;

    /// Where values are looked up.
    @FunctionalInterface
    interface Values {
        /// @throws IOException if they cannot be had; its message is for the operator, and has no value in it
        Optional<String> of(String name) throws IOException;
    }

    private EnvService(String op, String capability, boolean waits, Values values) {
        this.op = op;
        this.capability = capability;
        this.waits = waits;
        this.values = values;
    }

    static EnvService environment() {
        return new EnvService("env.get", "env.read", false, name -> Optional.ofNullable(System.getenv(name)));
    }

    static EnvService secrets(SecretSource source) {
        return new EnvService("secrets.get", "secrets.read", true, new ToldOnce(source));
    }

    List<Op> ops() {
        Op get = waits
                ? Op.blocking(op, capability, this::get, this::getCompat)
                : Op.immediate(op, capability, this::get, this::getCompat);
        return List.of(get.reading());
    }

    /// Says in the log why a source has no values to give: once, until that is something else.
    private static final class ToldOnce implements Values {
        private final SecretSource source;
        private final AtomicReference<String> said = new AtomicReference<>("");

        ToldOnce(SecretSource source) {
            this.source = source;
        }

        @Override
        public Optional<String> of(String name) throws IOException {
            try {
                Optional<String> value = source.value(name);
                said.set("");
                return value;
            } catch (IOException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(said.getAndSet(why))) {
                    LOG.warn("secrets: {}", why);
                }
                throw e;
            }
        }
    }

    private Failed unusable() {
        return new Failed(FailedCode.IO, op + ": the host cannot look values up; its log says why", false);
    }

    private Outcome get(Admitted hostcall) {
        String name = JsonRequest.read(op, hostcall.request(), REQUEST_BYTES_MAX, List.of("name"))
                .nonEmptyString("name", NAME_BYTES_MAX);
        Denied denied = denied(hostcall, name);
        if (denied != null) {
            return denied;
        }
        try {
            return CompatText.ok(values.of(name)
                    .map(value -> "{\"found\":true,\"value\":" + JsonText.quoted(value) + "}")
                    .orElse("{\"found\":false}"));
        } catch (IOException _) {
            return unusable();
        }
    }

    private Outcome getCompat(Admitted hostcall) {
        String name = CompatRequest.read(op, hostcall.request(), REQUEST_BYTES_MAX, List.of("name"))
                .string("name", 1, NAME_BYTES_MAX);
        Denied denied = denied(hostcall, name);
        if (denied != null) {
            return denied;
        }
        Optional<String> found;
        try {
            found = values.of(name);
        } catch (IOException _) {
            return unusable();
        }
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
