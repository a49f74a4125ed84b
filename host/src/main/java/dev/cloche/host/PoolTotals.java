package dev.cloche.host;

import dev.cloche.host.pool.PoolStats;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the pools of extensions have done so far, by extension. What an extension's earlier pools have done still
/// counts after it was replaced, so that no count ever goes back while the extension is there. Safe for use by many
/// threads.
///
/// Metrics are labelled with what this says, and labels must be few: those extensions that came first have a number
/// each, the others one together. An extension keeps its label as long as it is there; one that is free goes to the
/// next that comes, never to one that was counted among the others before.
///
/// @param <P> what has the numbers of one pool
final class PoolTotals<P> {
    /// Extensions that have a label of their own.
    static final int LABELS_MAX = 200;

    /// The label of all others. No extension can be called so.
    static final String OTHER = "_other";

    private final ReentrantLock lock = new ReentrantLock();
    private final Function<P, PoolStats> stats;
    private final SequencedMap<String, Account> labelled = new LinkedHashMap<>();
    private final Account others = new Account();

    /// @param stats reads the numbers of a pool; called under the lock
    PoolTotals(Function<P, PoolStats> stats) {
        this.stats = stats;
    }

    /// Counts this pool from now on, beside those the extension has already.
    void joined(String extension, P pool) {
        lock.lock();
        try {
            Account account = labelled.get(extension);
            if (account == null && labelled.size() < LABELS_MAX) {
                account = new Account();
                labelled.put(extension, account);
            }
            (account == null ? others : account).joined(pool);
        } finally {
            lock.unlock();
        }
    }

    /// Counts what the pool has done up to now, and no more of it.
    void left(String extension, P pool) {
        lock.lock();
        try {
            Account account = labelled.get(extension);
            if (account == null || !account.left(pool)) {
                others.left(pool);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Forgets an extension. What was counted among the others stays there.
    void removed(String extension) {
        lock.lock();
        try {
            labelled.remove(extension);
        } finally {
            lock.unlock();
        }
    }

    /// The numbers by label, in the order in which the labels were given, those of the others at the end.
    Map<String, PoolStats> byLabel() {
        lock.lock();
        try {
            SequencedMap<String, PoolStats> totals = new LinkedHashMap<>();
            labelled.forEach((label, account) -> totals.put(label, account.total()));
            if (others.used) {
                totals.put(OTHER, others.total());
            }
            return totals;
        } finally {
            lock.unlock();
        }
    }

    /// What counts under one label. Pools that are replaced stay until they are drained, which has its own bound.
    private final class Account {
        private final Set<P> pools = new LinkedHashSet<>();

        /// What those that are gone had counted. Made when there is one: a host that starts has none.
        private @Nullable PoolStats gone;

        private boolean used;

        void joined(P pool) {
            pools.add(pool);
            used = true;
        }

        boolean left(P pool) {
            boolean known = pools.remove(pool);
            if (known) {
                gone = past().plus(stats.apply(pool).past());
            }
            return known;
        }

        private PoolStats past() {
            return gone == null ? PoolStats.zero() : gone;
        }

        PoolStats total() {
            PoolStats total = past();
            for (P pool : pools) {
                total = total.plus(stats.apply(pool));
            }
            return total;
        }
    }
}
