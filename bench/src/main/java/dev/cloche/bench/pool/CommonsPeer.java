package dev.cloche.bench.pool;

import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

/// Apache Commons Pool, as many objects idle as there may be, without management beans.
final class CommonsPeer implements Peer {
    private final GenericObjectPool<Trivial> pool;

    /// @param fair whether those that wait are served in order of arrival
    CommonsPeer(boolean fair) {
        var config = new GenericObjectPoolConfig<Trivial>();
        config.setMaxTotal(SIZE);
        config.setMaxIdle(SIZE);
        config.setMinIdle(SIZE);
        config.setFairness(fair);
        config.setJmxEnabled(false);
        pool = new GenericObjectPool<>(new Factory(), config);
    }

    @Override
    public Object acquire() throws Exception {
        return pool.borrowObject();
    }

    @Override
    public long use(Object held) {
        return ++((Trivial) held).value;
    }

    @Override
    public void release(Object held) {
        pool.returnObject((Trivial) held);
    }

    @Override
    public void close() {
        pool.close();
    }

    private static final class Trivial {
        private long value;
    }

    private static final class Factory extends BasePooledObjectFactory<Trivial> {
        @Override
        public Trivial create() {
            return new Trivial();
        }

        @Override
        public PooledObject<Trivial> wrap(Trivial object) {
            return new DefaultPooledObject<>(object);
        }
    }
}
