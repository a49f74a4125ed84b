package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.Finding.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/// The doctor's check `engine.budgets`: has a hostile guest of its own run, and looks whether it is stopped. One that
/// loops must end by its fuel and by its deadline, one that grows must get no more memory than it may have.
final class BudgetCheck {
    private static final String ID = "engine.budgets";
    private static final String AREA = "engine";
    private static final int PAGES_MAX = 16;
    private static final long FUEL = 100_000;
    private static final Duration TIMEOUT = Duration.ofMillis(20);

    private static final String MANIFEST = """
        {"apiVersion": "cloche.dev/v1", "name": "cloche-doctor", "version": "1.0.0", "kind": "wasm",
         "entry": "hostile.wasm", "abi": "cloche_v1", "limits": {"memory": "1MiB", "timeout": "2s"}, "snapshot": false,
         "contributes": {"commands": [{"name": "loop"}, {"name": "grow"}]}}
        """;

    /*
     * (module
     *   (import "cloche" "reply" (func $reply (param i32 i32)))
     *   (memory (export "memory") 1)
     *   (func (export "cloche_alloc") (param i32) (result i32) (i32.const 1024))
     *   (func (export "cloche_handle") (param $name i32) (param i32 i32 i32) (result i32)
     *     (if (i32.eq (i32.load8_u offset=8 (local.get $name)) (i32.const 108))   ;; command:l
     *       (then (loop $for-ever (br $for-ever))))
     *     (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
     *     (i32.store (i32.const 0) (memory.size))
     *     (call $reply (i32.const 0) (i32.const 4))
     *     (i32.const 0)))
     */
    private static final String MODULE =
            "0061736d0100000001130360027f7f0060017f017f60047f7f7f7f017f02100106636c6f636865057265706c79000003"
                    + "030201020503010001072903066d656d6f727902000c636c6f6368655f616c6c6f6300010d636c6f6368655f68616e64"
                    + "6c6500020a360205004180080b2e0020002d000841ec0046044003400c000b0b034041014000417f470d000b41003f00"
                    + "36020041004104100041000b";

    private static final List<Call> CALLS = List.of(
            call("loop", CallOptions.DEFAULT.withFuel(FUEL)),
            call("loop", CallOptions.DEFAULT.withTimeout(TIMEOUT)),
            call("grow", CallOptions.DEFAULT));

    private final BiFunction<Bundle, List<Call>, List<Reply>> trial;

    /// @param trial loads a bundle that is in no registry and makes calls on it
    BudgetCheck(BiFunction<Bundle, List<Call>, List<Reply>> trial) {
        this.trial = trial;
    }

    private static Call call(String command, CallOptions options) {
        return Call.of("cloche-doctor", Entry.command(command), Payload.EMPTY).withOptions(options);
    }

    Finding run() {
        Map<String, byte[]> files = Map.of(
                "cloche.json",
                MANIFEST.getBytes(StandardCharsets.UTF_8),
                "hostile.wasm",
                HexFormat.of().parseHex(MODULE));
        try {
            List<Reply> replies = trial.apply(BundleReader.of("the doctor's guest", files), CALLS);
            return judged(replies.get(0), replies.get(1), replies.get(2));
        } catch (BundleException | IllegalStateException e) {
            return unproven("cause=" + e.getMessage());
        }
    }

    /// Reasons for which a guest was not taken on say nothing of budgets.
    private static Finding judged(Reply byFuel, Reply byTime, Reply byMemory) {
        String said = "by-fuel=" + word(byFuel) + " by-deadline=" + word(byTime) + " by-memory=" + word(byMemory);
        if (List.of(byFuel, byTime, byMemory).stream().anyMatch(BudgetCheck::wasRefused)) {
            return unproven(said);
        }
        // An operator's cap of fuel may come before the deadline.
        boolean stopped =
                exhausted(byFuel, Budget.FUEL) && (byTime instanceof Reply.TimedOut || exhausted(byTime, Budget.FUEL));
        boolean capped = pages(byMemory) <= PAGES_MAX;
        return stopped && capped
                ? new Finding(
                        ID, AREA, Level.OK, "a guest that loops is stopped, one that grows is capped, " + said, "")
                : new Finding(
                        ID,
                        AREA,
                        Level.ERROR,
                        "a hostile guest was not stopped, " + said,
                        "run nothing that you do not trust on this machine, and report this with its JDK");
    }

    private static boolean wasRefused(Reply reply) {
        return reply instanceof Reply.Rejected || reply instanceof Reply.Unavailable;
    }

    private static boolean exhausted(Reply reply, Budget budget) {
        return reply instanceof Reply.Exhausted ran && ran.budget() == budget;
    }

    /// How many pages the guest got.
    private static int pages(Reply reply) {
        return switch (reply) {
            case Reply.Ok(Payload payload)
            when payload.size() == Integer.BYTES ->
                ByteBuffer.wrap(payload.unsafeBytes())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt();
            case Reply.Exhausted ran when ran.budget() == Budget.MEMORY -> PAGES_MAX;
            case Reply.Ok _, Reply.GuestError _, Reply.Denied _, Reply.Trapped _ -> Integer.MAX_VALUE;
            case Reply.TimedOut _, Reply.Exhausted _, Reply.Rejected _, Reply.Unavailable _ -> Integer.MAX_VALUE;
        };
    }

    private static String word(Reply reply) {
        return switch (reply) {
            case Reply.Ok _ -> pages(reply) == Integer.MAX_VALUE ? "answered" : "capped:" + pages(reply) + "-pages";
            case Reply.Exhausted ran -> "exhausted:" + ran.budget().label();
            case Reply.TimedOut _ -> "timed-out";
            case Reply.Trapped trapped -> "trapped:" + trapped.kind().label();
            case Reply.Rejected rejected -> "rejected:" + rejected.reason().label();
            case Reply.Unavailable unavailable ->
                "unavailable:" + unavailable.reason().label();
            case Reply.GuestError _ -> "guest-error";
            case Reply.Denied _ -> "denied";
        };
    }

    private static Finding unproven(String why) {
        return new Finding(
                ID,
                AREA,
                Level.WARNING,
                "the doctor's own guest was not taken on, so budgets are not proven, " + why,
                "run the doctor again when the host is less busy, or mend what the message names");
    }
}
