package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;

/// Unwinds a guest that has used up a budget. Carries a stack trace only where that tells which of the guest's
/// functions is to blame: it is control flow, and common under attack.
public final class BudgetExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Budget budget;
    private final long limit;

    /// @param limit the budget's size, in its own unit
    public BudgetExhaustedException(Budget budget, long limit) {
        super(budget.label() + " exhausted, limit=" + limit, null, false, budget == Budget.FUEL);
        this.budget = budget;
        this.limit = limit;
    }

    public Budget budget() {
        return budget;
    }

    public long limit() {
        return limit;
    }
}
