package dev.cloche.host.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.types.MemoryLimits;

/// What both kinds of memory do alike.
class LinearMemoryTest {
    @ParameterizedTest
    @EnumSource(
            value = MemorySetting.class,
            names = {"FOREIGN", "HEAP"})
    void anAccessAtTheLastAddressIsInBounds(MemorySetting kind) {
        try (LinearMemory memory = Memories.of(kind).allocate(new MemoryLimits(1, 4), 1 << 20, 20)) {
            memory.writeI32(65532, 0x01020304);
            assertThat(memory.readInt(65532)).isEqualTo(0x01020304);
            assertThat(memory.read(65535)).isEqualTo((byte) 1);
            assertThatThrownBy(() -> memory.readInt(65533))
                    .isInstanceOf(WasmRuntimeException.class)
                    .hasMessage("out of bounds memory access: address=65533 size=4 limit=65536");
            assertThatThrownBy(() -> memory.read(-1)).isInstanceOf(WasmRuntimeException.class);
            assertThat(memory.grow(3)).isEqualTo(1);
            assertThat(memory.grow(1)).isEqualTo(-1);
            memory.writeF64(65533, 2.5);
            assertThat(memory.readDouble(65533)).isEqualTo(2.5);
        }
    }
}
