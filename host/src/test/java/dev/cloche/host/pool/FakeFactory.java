package dev.cloche.host.pool;

import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.IsolateCreationException;
import dev.cloche.host.engine.IsolateFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// Makes fake isolates and counts how many live at the same time.
final class FakeFactory implements IsolateFactory {
    static final Reply BROKEN = new Reply.Trapped(TrapKind.INITIALISATION, "the guest does not start", "");

    private final List<FakeIsolate> made = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger highWater = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile IntConsumer before = call -> {};

    /// Has something done at the beginning of every creation, on its thread; it is given the creation's number.
    void before(IntConsumer action) {
        before = action;
    }

    void breakDown() {
        before = call -> {
            throw new IsolateCreationException(BROKEN);
        };
    }

    void mend() {
        before = call -> {};
    }

    @Override
    public Isolate create(long deadlineNanos) {
        highWater.accumulateAndGet(live.incrementAndGet(), Math::max);
        boolean done = false;
        try {
            int call = calls.incrementAndGet();
            before.accept(call);
            FakeIsolate isolate = new FakeIsolate(this, call);
            made.add(isolate);
            done = true;
            return isolate;
        } finally {
            if (!done) {
                live.decrementAndGet();
            }
        }
    }

    void closed() {
        live.decrementAndGet();
    }

    /// Those made so far, in order.
    List<FakeIsolate> made() {
        return List.copyOf(made);
    }

    /// Keeps no isolate that was made so far in memory.
    void forgetMade() {
        made.clear();
    }

    int live() {
        return live.get();
    }

    /// How many lived or were being made at the same time, at most.
    int highWater() {
        return highWater.get();
    }
}
