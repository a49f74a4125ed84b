package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;

/// Counts what the call in an isolate uses and stops it where a budget ends. Confined to the thread that runs the
/// guest.
public final class CallMeter {
    private final Limits limits;
    private long hostcalls;
    private long logBytes;

    public CallMeter(Limits limits) {
        this.limits = limits;
    }

    public Limits limits() {
        return limits;
    }

    /// Starts the count of the next call.
    public void reset() {
        hostcalls = 0;
        logBytes = 0;
    }

    /// Charges one hostcall.
    ///
    /// @throws BudgetExhaustedException if it is one too many
    public void chargeHostcall() {
        hostcalls++;
        require(Budget.HOSTCALLS, hostcalls, limits.hostcalls());
    }

    /// Checks what is to be written at once, before it is copied.
    ///
    /// @throws BudgetExhaustedException if it is more than a call may write
    public void checkLog(long bytes) {
        require(Budget.LOG, bytes, limits.logBytes());
    }

    /// Charges log or console output.
    ///
    /// @throws BudgetExhaustedException if it is too much
    public void chargeLog(long bytes) {
        logBytes += bytes;
        require(Budget.LOG, logBytes, limits.logBytes());
    }

    /// Checks the size of a reply.
    ///
    /// @throws BudgetExhaustedException if it is too large
    public void checkOutput(long bytes) {
        require(Budget.OUTPUT, bytes, limits.outputBytes());
    }

    private static void require(Budget budget, long used, long limit) {
        if (used > limit) {
            throw new BudgetExhaustedException(budget, limit);
        }
    }
}
