package dev.cloche.bench.pool;

import dev.cloche.host.engine.Isolate;
import java.util.function.Supplier;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

/// Apache Commons Pool, as many objects idle as there may be, without management beans.
final class CommonsPeer implements Peer {
    private final GenericObjectPool<Isolate> pool;

    /// @param fair whether those that wait are served in order of arrival
    CommonsPeer(Supplier<? extends Isolate> isolates, boolean fair) {
        var config = new GenericObjectPoolConfig<Isolate>();
        config.setMaxTotal(SIZE);
        config.setMaxIdle(SIZE);
        config.setMinIdle(SIZE);
        config.setFairness(fair);
        config.setJmxEnabled(false);
        pool = new GenericObjectPool<>(new Factory(isolates), config);
    }

    @Override
    public Object acquire() throws Exception {
        return pool.borrowObject();
    }

    @Override
    public Isolate isolate(Object held) {
        return (Isolate) held;
    }

    @Override
    public void release(Object held) {
        pool.returnObject((Isolate) held);
    }

    @Override
    public void close() {
        pool.close();
    }

    private static final class Factory extends BasePooledObjectFactory<Isolate> {
        private final Supplier<? extends Isolate> isolates;

        Factory(Supplier<? extends Isolate> isolates) {
            this.isolates = isolates;
        }

        @Override
        public Isolate create() {
            return isolates.get();
        }

        @Override
        public PooledObject<Isolate> wrap(Isolate isolate) {
            return new DefaultPooledObject<>(isolate);
        }

        @Override
        public void destroyObject(PooledObject<Isolate> pooled) {
            pooled.getObject().close();
        }
    }
}
