package dev.cloche.host;

import dev.cloche.host.bundle.Contributions.FailurePolicy;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Usage;
import dev.cloche.host.extension.ExtensionRegistry.HookStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of a hook, within one time and one amount of fuel for all its steps. Used by one thread.
///
/// A step gets what those before it have left. Where nothing is left the run ends, whatever the policies of the steps
/// that follow: none of them is passed over in silence because another one was slow.
final class HookRun {
    private static final Logger LOG = LoggerFactory.getLogger(HookRun.class);

    private final String hook;
    private final CallOptions options;
    private final LongSupplier nanoClock;
    private final Function<Call, Reply> calls;
    private final Duration limit;
    private final long deadlineNanos;
    private final long fuel;
    private final List<HookResult.Failure> failures = new ArrayList<>();

    private long fuelUsed;
    private long nanosUsed;
    private boolean entered;

    /// @param limit of time, whatever the options say
    /// @param options of all steps together
    HookRun(String hook, Duration limit, CallOptions options, LongSupplier nanoClock, Function<Call, Reply> calls) {
        this.hook = hook;
        this.options = options;
        this.nanoClock = nanoClock;
        this.calls = calls;
        this.limit =
                options.timeout().filter(asked -> asked.compareTo(limit) < 0).orElse(limit);
        this.fuel = options.fuel().orElse(Long.MAX_VALUE);
        this.deadlineNanos = nanoClock.getAsLong() + this.limit.toNanos();
    }

    /// Runs the steps one after the other.
    HookResult over(List<HookStep> steps, Payload value) {
        Payload current = value;
        boolean completed = true;
        for (int index = 0; completed && index < steps.size(); index++) {
            HookStep step = steps.get(index);
            Reply spent = spent(steps.size() - index);
            Reply reply = spent == null ? calls.apply(call(step, current)) : spent;
            if (!(reply instanceof Reply.Ok(Payload answer))) {
                failures.add(new HookResult.Failure(step.extension().id(), reply));
                completed = spent == null && step.hook().failure() != FailurePolicy.FAIL;
            } else if (step.hook().kind() == EntryKind.FILTER) {
                current = answer;
            }
        }
        if (entered) {
            options.meter().ifPresent(this::tell);
        }
        return new HookResult(completed, current, failures);
    }

    /// What the run ends with if there is nothing left for the steps that follow; null if there is.
    private @Nullable Reply spent(int stepsLeft) {
        String rest = ", hook=" + hook + " steps-left=" + stepsLeft;
        if (deadlineNanos - nanoClock.getAsLong() <= 0) {
            return new Reply.TimedOut(limit, "the steps before took all the time of the hook" + rest);
        }
        return fuelUsed >= fuel
                ? new Reply.Exhausted(Budget.FUEL, fuel, "the steps before used all the fuel of the hook" + rest)
                : null;
    }

    private Call call(HookStep step, Payload value) {
        long left = Math.max(1, deadlineNanos - nanoClock.getAsLong());
        CallOptions narrowed = CallOptions.DEFAULT
                .withTimeout(Duration.ofNanos(left))
                .withFuel(fuel - fuelUsed)
                .withMeter(this::add);
        return Call.of(step.extension().id(), step.hook().entry(), value).withOptions(narrowed);
    }

    private void add(Usage usage) {
        fuelUsed += usage.fuel();
        nanosUsed += usage.time().toNanos();
        entered = true;
    }

    private void tell(Consumer<Usage> meter) {
        try {
            meter.accept(new Usage(fuelUsed, Duration.ofNanos(nanosUsed)));
        } catch (RuntimeException e) {
            LOG.warn("a hook's meter failed, hook={}", hook, e);
        }
    }
}
