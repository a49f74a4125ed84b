package dev.cloche.host.reactor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A platform thread for each shard, which sleeps while there is nothing to take out.
final class ShardThreads implements Reactor.Carriers {
    private static final Logger LOG = LoggerFactory.getLogger(ShardThreads.class);

    /// How often an idle shard looks once more before its thread sleeps.
    private static final int LOOKS = 200;

    private final Map<Shard, Loop> loops = new HashMap<>();
    private final Consumer<Integer> bind;

    ShardThreads(Consumer<Integer> bind) {
        this.bind = bind;
    }

    @Override
    public void start(List<Shard> shards) {
        shards.forEach(shard -> loops.put(shard, new Loop(shard)));
        loops.values().forEach(loop -> loop.thread.start());
    }

    @Override
    public void wake(Shard shard) {
        Loop loop = loops.get(shard);
        if (loop != null && loop.asleep) {
            LockSupport.unpark(loop.thread);
        }
        if (loop != null && loop.ended) {
            // One that was being admitted when the reactor was closed: nobody else comes by any more.
            boolean _ = shard.drain();
        }
    }

    @Override
    public void close() {
        for (Loop loop : loops.values()) {
            loop.ended = true;
            LockSupport.unpark(loop.thread);
        }
    }

    private final class Loop implements Runnable {
        private final Shard shard;
        private final Thread thread;
        private volatile boolean asleep;
        private volatile boolean ended;

        Loop(Shard shard) {
            this.shard = shard;
            this.thread = Thread.ofPlatform()
                    .daemon()
                    .name("cloche-shard-" + shard.index())
                    .unstarted(this);
        }

        @Override
        public void run() {
            bind();
            int looks = 0;
            while (!ended) {
                if (shard.drain()) {
                    looks = 0;
                } else if (looks < LOOKS) {
                    looks++;
                    Thread.onSpinWait();
                } else {
                    sleep();
                    looks = 0;
                }
            }
            // What was withdrawn before it was taken out gives its place back.
            boolean _ = shard.drain();
        }

        private void bind() {
            try {
                bind.accept(shard.index());
            } catch (RuntimeException | Error e) {
                // Where it runs matters less than that it does.
                LOG.error("reactor: a shard could not be bound, shard={}", shard.index(), e);
            }
        }

        private void sleep() {
            asleep = true;
            // Whoever announces a lane after this look sees `asleep`.
            if (!shard.drain() && !ended) {
                LockSupport.park(this);
            }
            asleep = false;
        }
    }
}
