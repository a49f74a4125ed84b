package dev.cloche.host.engine.memory;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// However threads that take and give bytes get into each other's way, each sees both sums as if it were alone with
/// them: nothing is refused that fits, and nothing fits twice.
@Param(name = "bytes", gen = IntGen.class, conf = "1:3")
@Timeout(120)
public class HostMemoryLincheckTest {
    private static final int MAX = 6;
    private static final int HEAP_MAX = 4;
    private static final int ITERATIONS = 20;
    private static final int INTERLEAVINGS = 1_000;

    private final HostMemory host = new HostMemory(MAX, HEAP_MAX, false);

    @Operation
    public boolean takeLinear(@Param(name = "bytes") int bytes) {
        return host.takeLinear(bytes);
    }

    @Operation
    public void giveLinear(@Param(name = "bytes") int bytes) {
        host.giveLinear(bytes);
    }

    @Operation
    public boolean takeHeap(@Param(name = "bytes") int bytes) {
        return host.takeHeap(bytes);
    }

    @Operation
    public void addHeap(@Param(name = "bytes") int bytes) {
        host.addHeap(bytes);
    }

    @Operation
    public void giveHeap(@Param(name = "bytes") int bytes) {
        host.giveHeap(bytes);
    }

    @Operation
    public boolean exceeded() {
        return host.exceeded();
    }

    @Operation
    public String figures() {
        return host.toString();
    }

    @Test
    void everyOperationIsOneStep() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INTERLEAVINGS)
                .threads(2)
                .actorsPerThread(3)
                .sequentialSpecification(Sums.class)
                .check(HostMemoryLincheckTest.class);
    }

    /// What the operations mean, one after the other.
    public static final class Sums {
        private int used;
        private int heapUsed;

        public boolean takeLinear(int bytes) {
            boolean fits = used + bytes <= MAX;
            used += fits ? bytes : 0;
            return fits;
        }

        public void giveLinear(int bytes) {
            used -= bytes;
        }

        public boolean takeHeap(int bytes) {
            boolean fits = used + bytes <= MAX && heapUsed + bytes <= HEAP_MAX;
            addHeap(fits ? bytes : 0);
            return fits;
        }

        public void addHeap(int bytes) {
            used += bytes;
            heapUsed += bytes;
        }

        public void giveHeap(int bytes) {
            addHeap(-bytes);
        }

        public boolean exceeded() {
            return used > MAX || heapUsed > HEAP_MAX;
        }

        public String figures() {
            return "used=" + used + " max=" + MAX + " heap-used=" + heapUsed + " heap-max=" + HEAP_MAX;
        }
    }
}
