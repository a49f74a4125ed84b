package dev.cloche.host.conformance;

import java.util.concurrent.CountDownLatch;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// A pipeline that takes no notice of interrupts.
final class StubbornPipeline implements Pipeline {
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean closed;

    @Override
    public String name() {
        return "stubborn";
    }

    void letGo() {
        released.countDown();
    }

    boolean closed() {
        return closed;
    }

    @Override
    public Session open() {
        return new Session() {
            @Override
            public Instance instantiate(byte[] module, ImportValues imports) {
                boolean waiting = true;
                while (waiting) {
                    try {
                        released.await();
                        waiting = false;
                    } catch (InterruptedException e) {
                        // No notice is taken: that is what the test is about.
                    }
                }
                throw new NotOfferedException("nothing");
            }

            @Override
            public Memory memory(MemoryLimits limits) {
                return new ByteArrayMemory(limits);
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }
}
