package dev.cloche.host.service;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.CompatRequest;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.JsonText;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.policy.Scopes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// The operation `tool.call`: a tool of another extension, or of the caller's own, called as anybody would call it. The
/// caller's isolate is suspended meanwhile.
final class ToolService {
    static final String OP = "tool.call";

    /// How large a request may be.
    static final int REQUEST_BYTES_MAX = 16 << 20;

    private static final int NAME_BYTES_MAX = 200;

    private final NestedCalls calls;
    private final int depthMax;
    private final LongSupplier nanoClock;

    /// @param depthMax how many calls may be under way one within the other
    /// @param nanoClock the clock that deadlines of frames are on
    ToolService(NestedCalls calls, int depthMax, LongSupplier nanoClock) {
        this.calls = calls;
        this.depthMax = depthMax;
        this.nanoClock = nanoClock;
    }

    List<Op> ops() {
        return List.of(Op.nesting(OP, OP, this::call, this::callCompat));
    }

    private Outcome call(Admitted hostcall) throws InterruptedException {
        JsonRequest request =
                JsonRequest.read(OP, hostcall.request(), REQUEST_BYTES_MAX, List.of("extension", "tool", "arguments"));
        String extension = request.nonEmptyString("extension", NAME_BYTES_MAX);
        String tool = request.nonEmptyString("tool", NAME_BYTES_MAX);
        String arguments = request.has("arguments") ? request.json("arguments", REQUEST_BYTES_MAX) : "{}";
        return call(hostcall, extension, tool, arguments);
    }

    private Outcome callCompat(Admitted hostcall) throws InterruptedException {
        CompatRequest request = CompatRequest.read(
                OP, hostcall.request(), REQUEST_BYTES_MAX, List.of("extension", "tool", "arguments"));
        return call(
                hostcall,
                request.string("extension", 1, NAME_BYTES_MAX),
                request.string("tool", 1, NAME_BYTES_MAX),
                request.has("arguments") ? request.json("arguments", REQUEST_BYTES_MAX) : "{}");
    }

    private Outcome call(Admitted hostcall, String extension, String tool, String arguments)
            throws InterruptedException {
        String name = extension + "/" + tool;
        Predicate<Capability> names =
                side -> side.values("tools").isEmpty() || side.values("tools").contains(name);
        if (!hostcall.allowed().permits(names)) {
            return refused(hostcall, name, names);
        }
        Frame parent = hostcall.frame();
        if (parent.lineage().depth() >= depthMax) {
            return tooDeep(name);
        }
        long leftNanos = parent.deadlineNanos() - nanoClock.getAsLong();
        if (leftNanos <= 0) {
            return new Failed(FailedCode.TIMEOUT, "the call has no time left, tool=" + name, false);
        }
        Call call = Call.of(extension, Entry.tool(tool), Payload.text(arguments))
                .withOptions(CallOptions.DEFAULT.withTimeout(Duration.ofNanos(leftNanos)));
        return outcome(onItsOwnStack(call, parent), name);
    }

    private static Denied refused(Admitted hostcall, String name, Predicate<Capability> names) {
        String rule = hostcall.allowed().refusal(names);
        return new Denied(
                DeniedCode.POLICY,
                OP + ": " + Scopes.why(rule, OP) + ", tool=" + name,
                Map.of("capability", OP, "rule", rule, "tool", name));
    }

    private Denied tooDeep(String name) {
        return new Denied(
                DeniedCode.QUOTA,
                "too many calls are under way one within the other, tool=" + name + " pools.depth=" + depthMax,
                Map.of("quota", "depth", "limit", Integer.toString(depthMax)));
    }

    /// What is called has a stack of its own: how deep it may recurse does not depend on who calls it.
    private Reply onItsOwnStack(Call call, Frame parent) throws InterruptedException {
        var reply = new CompletableFuture<Reply>();
        Thread thread = Thread.ofVirtual().name("cloche-nested").start(() -> {
            try {
                reply.complete(calls.call(call, parent));
            } catch (Throwable e) {
                reply.completeExceptionally(e);
            }
        });
        boolean interrupted = false;
        while (true) {
            try {
                Reply answered = reply.get();
                if (interrupted) {
                    throw new InterruptedException("the caller was interrupted");
                }
                return answered;
            } catch (InterruptedException e) {
                if (reply.isDone()) {
                    throw e;
                }
                // It ends soon, and must not go on when its caller is told that it does not.
                interrupted = true;
                thread.interrupt();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a nested call must not fail", e.getCause());
            }
        }
    }

    private static Outcome outcome(Reply reply, String tool) {
        String named = ", tool=" + tool;
        return switch (reply) {
            case Reply.Ok ok -> new Outcome.Ok(Payload.text("{\"ok\":true,\"value\":" + value(ok.payload()) + "}"));
            case Reply.GuestError error ->
                new Outcome.Ok(Payload.text("{\"ok\":false,\"code\":" + JsonText.quoted(error.code()) + ",\"message\":"
                        + JsonText.quoted(error.message()) + "}"));
            case Reply.Denied denied ->
                new Denied(DeniedCode.POLICY, denied.message() + named, Map.of("rule", denied.rule()));
            case Reply.TimedOut _ ->
                new Failed(FailedCode.TIMEOUT, "the tool was stopped at its deadline" + named, false);
            case Reply.Trapped trapped ->
                new Failed(
                        FailedCode.IO,
                        "the tool trapped, kind=" + trapped.kind().label() + named,
                        false);
            case Reply.Exhausted exhausted ->
                new Failed(
                        FailedCode.IO,
                        "the tool used up a budget, budget="
                                + exhausted.budget().label() + named,
                        false);
            case Reply.Rejected rejected -> rejected(rejected, named);
            case Reply.Unavailable unavailable ->
                new Failed(FailedCode.NOT_FOUND, unavailable.message() + named, false);
        };
    }

    private static String value(Payload payload) {
        return payload.size() == 0 ? "null" : payload.text();
    }

    private static Outcome rejected(Reply.Rejected rejected, String named) {
        String message = rejected.message() + named;
        return switch (rejected.reason()) {
            case INVALID_PAYLOAD -> new Failed(FailedCode.INVALID_REQUEST, message, false);
            case INTERRUPTED, DRAINING -> new Failed(FailedCode.CANCELLED, message, true);
            case POOL_TIMEOUT, BACKPRESSURE, HOST_MEMORY, HOST_ISOLATES, REENTRANT ->
                new Denied(
                        DeniedCode.BACKPRESSURE,
                        message,
                        Map.of("reason", rejected.reason().label()));
        };
    }
}
