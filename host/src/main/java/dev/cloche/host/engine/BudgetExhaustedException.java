package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;

/// Unwinds a guest that has used up a budget. Carries no stack trace: it is control flow, and common under attack.
public final class BudgetExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Budget budget;
    private final long limit;

    /// @param limit the budget's size, in its own unit
    public BudgetExhaustedException(Budget budget, long limit) {
        super(budget.label() + " exhausted, limit=" + limit, null, false, false);
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
