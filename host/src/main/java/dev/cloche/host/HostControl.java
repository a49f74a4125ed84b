package dev.cloche.host;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.control.ControlException;
import dev.cloche.host.control.ControlException.Code;
import dev.cloche.host.control.ControlPort;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The operations of a host, as its socket offers them and a command uses them where no host lives. Safe for use by
/// many threads.
public final class HostControl implements ControlPort {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Map<String, ControlOp> ops = new TreeMap<>();

    /// Without `shutdown`: whoever has opened the host closes it.
    public HostControl(Host host) {
        ops.putAll(CallOps.of(host));
        ops.putAll(ExtensionOps.of(host));
        ops.putAll(LaneOps.of(host));
        ops.putAll(PolicyOps.of(host));
        ops.putAll(LedgerOps.of(host));
        ops.putAll(HostOps.of(host));
    }

    /// @param shutdown is run when `shutdown` is asked for; must not wait for the host to be closed
    HostControl(Host host, Runnable shutdown) {
        this(host);
        ops.put("shutdown", ControlOp.of((_, json) -> {
            shutdown.run();
            json.writeBooleanProperty("stopping", true);
        }));
    }

    @Override
    public String ask(String op, String params) {
        ControlOp wanted = ops.get(op);
        if (wanted == null) {
            throw new ControlException(
                    Code.UNKNOWN_OPERATION,
                    "there is no such operation, op=" + op + " ops=" + String.join(",", ops.keySet()));
        }
        try {
            return answer(wanted, ControlParams.parse(params, wanted.params()));
        } catch (ControlException | BundleException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ControlException(Code.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new ControlException(Code.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    private static String answer(ControlOp op, ControlParams params) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            op.work().answer(params, json);
            json.writeEndObject();
        }
        return text.toString();
    }
}
