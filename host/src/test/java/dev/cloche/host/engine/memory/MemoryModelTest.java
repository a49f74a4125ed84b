package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.types.MemoryLimits;

/// Random operations on a memory, its images and its resets, beside an array on which the same is done naively.
class MemoryModelTest {
    private static final int OPERATIONS = 4_000;
    private static final int PAGES_MAX = 24;
    private static final List<Access> ACCESSES = List.of(Access.values());

    @ParameterizedTest
    @CsvSource({"HEAP, 1", "HEAP, 2", "SCAN, 1", "SCAN, 2", "SCAN, 3", "READ, 4", "READ, 5", "NONE, 6", "NONE, 7"})
    void aMemoryDoesWhatAnArrayDoes(MemoryKind kind, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Memories memories = kind.memories();
        LinearMemory memory = memories.allocate(limits(2), PAGES_MAX * (long) PAGE, 1);
        Model model = new Model(new byte[2 * PAGE]);
        Optional<MemoryImage> image = Optional.empty();
        byte[] original = model.bytes;
        for (int i = 0; i < OPERATIONS; i++) {
            String at = "kind=" + kind + " seed=" + seed + " operation=" + i;
            int dice = random.nextInt(100);
            if (dice == 0) {
                image.ifPresent(MemoryImage::close);
                MemoryImage next = memory.capture();
                memory.close();
                memory = next.stamp(limits(2), PAGES_MAX * (long) PAGE);
                image = Optional.of(next);
                original = model.bytes.clone();
            } else if (dice <= 3 && image.isPresent()) {
                MemoryKind.reset(memory);
                model.bytes = original.clone();
            } else {
                step(random, dice, memory, model, at);
            }
            if (dice <= 3 || i == OPERATIONS - 1) {
                assertThat(Arrays.equals(memory.readBytes(0, memory.pages() * PAGE), model.bytes))
                        .as(at)
                        .isTrue();
            }
        }
        memory.close();
        image.ifPresent(MemoryImage::close);
        assertThat(memories.figures().live()).isZero();
        assertThat(memories.figures().images()).isZero();
        assertThat(memories.figures().reservedBytes()).isZero();
    }

    private static MemoryLimits limits(int pages) {
        return new MemoryLimits(pages, PAGES_MAX);
    }

    private static void step(SplittableRandom random, int dice, LinearMemory memory, Model model, String at) {
        int address = address(random, model);
        int size = random.nextInt(10) == 0 ? random.nextInt(5 * PAGE) : random.nextInt(300);
        int other = address(random, model);
        byte value = (byte) random.nextInt();
        if (dice < 6) {
            int pages = random.nextInt(3);
            assertThat(memory.grow(pages)).as(at).isEqualTo(model.grow(pages, PAGES_MAX));
        } else if (dice < 15) {
            both(
                    at,
                    () -> LinearMemory.memoryFill(address, value, size, memory),
                    () -> model.fill(address, value, size));
        } else if (dice < 25) {
            both(
                    at,
                    () -> LinearMemory.memoryCopy(address, other, size, memory),
                    () -> model.copy(address, other, size));
        } else {
            Access access = ACCESSES.get(random.nextInt(ACCESSES.size()));
            long bits = random.nextLong();
            int offset = random.nextInt(3) == 0 ? address(random, model) : random.nextInt(16);
            both(
                    at,
                    () -> access.write(address, bits, offset, memory),
                    () -> model.write(address, offset, bits, access));
            both(
                    at,
                    () -> assertThat(access.read(other, offset, memory))
                            .as(at)
                            .isEqualTo(model.read(other, offset, access)),
                    () -> model.read(other, offset, access));
        }
    }

    /// Mostly near edges of pages and the memory's end, sometimes anywhere.
    private static int address(SplittableRandom random, Model model) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt();
            case 1 -> model.bytes.length - random.nextInt(32);
            case 2 -> random.nextInt(model.bytes.length / PAGE + 1) * PAGE + random.nextInt(-12, 12);
            default -> random.nextInt(model.bytes.length);
        };
    }

    /// Does it on both sides: both trap, or none.
    private static void both(String at, Runnable onMemory, Runnable onModel) {
        assertThat(traps(onMemory)).as(at).isEqualTo(traps(onModel));
    }

    private static boolean traps(Runnable operation) {
        try {
            operation.run();
            return false;
        } catch (WasmRuntimeException | IndexOutOfBoundsException e) {
            return true;
        }
    }

    /// The naive memory.
    private static final class Model {
        private byte[] bytes;

        Model(byte[] bytes) {
            this.bytes = bytes;
        }

        int grow(int pages, int maximum) {
            int before = bytes.length / PAGE;
            if (before + pages > maximum) {
                return -1;
            }
            bytes = Arrays.copyOf(bytes, (before + pages) * PAGE);
            return before;
        }

        private int range(int base, int offset, long size) {
            long start = Integer.toUnsignedLong(base) + Integer.toUnsignedLong(offset);
            if (start + size > bytes.length) {
                throw new IndexOutOfBoundsException();
            }
            return (int) start;
        }

        void fill(int address, byte value, int size) {
            int start = range(address, 0, size);
            Arrays.fill(bytes, start, start + size, value);
        }

        void copy(int destination, int source, int size) {
            int to = range(destination, 0, size);
            int from = range(source, 0, size);
            System.arraycopy(bytes.clone(), from, bytes, to, size);
        }

        void write(int base, int offset, long bits, Access access) {
            int start = range(base, offset, access.size());
            byte[] little = ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(bits)
                    .array();
            System.arraycopy(little, 0, bytes, start, access.size());
        }

        long read(int base, int offset, Access access) {
            int start = range(base, offset, access.size());
            byte[] little = new byte[Long.BYTES];
            System.arraycopy(bytes, start, little, 0, access.size());
            return ByteBuffer.wrap(little).order(ByteOrder.LITTLE_ENDIAN).getLong();
        }
    }
}
