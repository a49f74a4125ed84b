package dev.cloche.host.engine;

import static dev.cloche.host.engine.SnapshotGuest.PAGE;
import static dev.cloche.host.engine.SnapshotGuest.call;
import static dev.cloche.host.engine.SnapshotGuest.everything;
import static dev.cloche.host.engine.SnapshotGuest.observe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.compile.FuelGlobal;
import dev.cloche.host.engine.memory.MemoryFigures;
import dev.cloche.host.engine.memory.MemorySetting;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.wasm.WasmEngineException;

/// What a snapshot takes along of an instance, what a reset brings back, and what is left of what was there between.
@Timeout(60)
class SnapshotInstanceTest {
    private static final long SECRET = 0x5345_4352_4554_2121L;

    /// Leases that reset differently: until usual pages are learned, and after.
    private static final int LEASES = 12;

    private static void assertNothingLeft(SnapshotGuest guest) {
        MemoryFigures left = guest.memories().figures();
        assertThat(left.live()).isZero();
        assertThat(left.quarantined()).isZero();
        assertThat(left.images()).isZero();
        assertThat(left.imageBytes()).isZero();
        assertThat(left.reservedBytes()).isZero();
    }

    private static int indexOf(byte[] content, long secret) {
        ByteBuffer words = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + Long.BYTES <= content.length; at++) {
            if (words.getLong(at) == secret) {
                return at;
            }
        }
        return -1;
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void aStampedInstanceIsLikeABootedOne(MemorySetting kind) throws SnapshotRefusedException {
        SnapshotGuest guest = new SnapshotGuest(kind);
        try (Snapshot snapshot = guest.snapshot();
                GuestInstance booted = guest.boot();
                GuestInstance stamped = guest.stamp(snapshot);
                GuestInstance untouched = guest.create()) {
            assertThat(observe(stamped)).isEqualTo(observe(booted)).isNotEqualTo(observe(untouched));
            assertThat(stamped.memory().droppedSegments())
                    .isEqualTo(booted.memory().droppedSegments());
            assertThat(stamped.instance().globalCount())
                    .isEqualTo(booted.instance().globalCount());
            for (int i = 0; i < booted.instance().globalCount(); i++) {
                if (booted.instance().global(i) instanceof FuelGlobal) {
                    // The call's, and not the instance's.
                    continue;
                }
                assertThat(stamped.instance().global(i).getValueLow())
                        .as("global " + i)
                        .isEqualTo(booted.instance().global(i).getValueLow());
                assertThat(stamped.instance().global(i).getValueHigh())
                        .as("global " + i)
                        .isEqualTo(booted.instance().global(i).getValueHigh());
            }
            assertThat(Arrays.mismatch(everything(stamped), everything(booted))).isEqualTo(-1);
        }
        assertNothingLeft(guest);
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void aResetBringsEverythingBack(MemorySetting kind) throws SnapshotRefusedException {
        SnapshotGuest guest = new SnapshotGuest(kind);
        try (Snapshot snapshot = guest.snapshot();
                GuestInstance stamped = guest.stamp(snapshot)) {
            String before = observe(stamped);
            for (int lease = 0; lease < LEASES; lease++) {
                call(stamped, "mutate", SECRET + lease);
                assertThat(observe(stamped)).as("lease " + lease).isNotEqualTo(before);
                SnapshotGuest.reset(stamped, snapshot);
                assertThat(observe(stamped)).as("lease " + lease).isEqualTo(before);
            }
            call(stamped, "useData");
            call(stamped, "useElements");
            assertThatThrownBy(() -> call(stamped, "useSpentData")).isInstanceOf(WasmEngineException.class);
            assertThatThrownBy(() -> call(stamped, "useSpentElements")).isInstanceOf(WasmEngineException.class);
        }
        assertNothingLeft(guest);
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void nothingOfALeaseIsFoundInTheNext(MemorySetting kind) throws SnapshotRefusedException {
        SnapshotGuest guest = new SnapshotGuest(kind);
        try (Snapshot snapshot = guest.snapshot();
                GuestInstance pristine = guest.stamp(snapshot);
                GuestInstance stamped = guest.stamp(snapshot)) {
            byte[] expected = everything(pristine);
            for (int lease = 0; lease < LEASES; lease++) {
                call(stamped, "mutate", SECRET);
                assertThat(indexOf(
                                stamped.memory()
                                        .readBytes(0, (int) stamped.memory().length()),
                                SECRET))
                        .as("the scan finds what is there")
                        .isNotNegative();
                SnapshotGuest.reset(stamped, snapshot);
                assertThat(stamped.memory().globalValues()).as("lease " + lease).doesNotContain(SECRET);
                for (int i = 0; i < stamped.instance().globalCount(); i++) {
                    assertThat(stamped.instance().global(i).getValueHigh()).isNotEqualTo(SECRET);
                }
                // Grown, used and reset again: the room behind the image is not left over either.
                assertThat(Arrays.mismatch(everything(stamped), expected))
                        .as("lease " + lease)
                        .isEqualTo(-1);
                SnapshotGuest.reset(stamped, snapshot);
                try (GuestInstance fresh = guest.stamp(snapshot)) {
                    assertThat(Arrays.mismatch(everything(fresh), expected))
                            .as("lease " + lease)
                            .isEqualTo(-1);
                }
            }
            assertThat(indexOf(expected, SECRET)).isNegative();
        }
        assertNothingLeft(guest);
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void whatGrewIsSmallAgainAndZerosWhenItGrowsAnew(MemorySetting kind) throws SnapshotRefusedException {
        SnapshotGuest guest = new SnapshotGuest(kind);
        try (Snapshot snapshot = guest.snapshot();
                GuestInstance stamped = guest.stamp(snapshot)) {
            int pages = stamped.memory().pages();
            assertThat(pages).as("initialisation grew it by one").isEqualTo(3);
            for (int lease = 0; lease < LEASES; lease++) {
                int room = stamped.memory().maximumPages() - pages;
                assertThat(stamped.memory().grow(room)).isEqualTo(pages);
                stamped.memory().fill((byte) 0x77, pages * PAGE, (pages + room) * PAGE);
                SnapshotGuest.reset(stamped, snapshot);
                assertThat(stamped.memory().pages()).isEqualTo(pages);
                assertThatThrownBy(() -> stamped.memory().readInt(pages * PAGE))
                        .hasMessageContaining("out of bounds memory access");
                assertThat(stamped.memory().grow(1)).isEqualTo(pages);
                assertThat(stamped.memory().readBytes(pages * PAGE, PAGE)).containsOnly(0);
                SnapshotGuest.reset(stamped, snapshot);
            }
        }
        assertNothingLeft(guest);
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void aSnapshotOutlivesItsOwnerAsLongAsItIsUsed(MemorySetting kind) throws SnapshotRefusedException {
        SnapshotGuest guest = new SnapshotGuest(kind);
        Snapshot snapshot = guest.snapshot();
        GuestInstance stamped = guest.stamp(snapshot);
        String before = observe(stamped);
        snapshot.close();
        snapshot.close();
        assertThatThrownBy(() -> guest.stamp(snapshot)).isInstanceOf(IllegalStateException.class);
        call(stamped, "mutate", SECRET);
        SnapshotGuest.reset(stamped, snapshot);
        assertThat(observe(stamped)).isEqualTo(before);
        assertThat(guest.memories().figures().images()).isOne();
        stamped.close();
        stamped.close();
        assertNothingLeft(guest);
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void aSnapshotOfAStampedInstanceIsASnapshotToo(MemorySetting kind) throws SnapshotRefusedException {
        SnapshotGuest guest = new SnapshotGuest(kind);
        try (Snapshot first = guest.snapshot();
                GuestInstance stamped = guest.stamp(first)) {
            call(stamped, "mutate", SECRET);
            String mutated = observe(stamped);
            try (Snapshot second = stamped.capture();
                    GuestInstance again = guest.stamp(second)) {
                assertThat(observe(again)).isEqualTo(mutated);
                call(again, "mutate", 1);
                SnapshotGuest.reset(again, second);
                assertThat(observe(again)).isEqualTo(mutated);
                assertThatThrownBy(() -> call(again, "useData")).isInstanceOf(WasmEngineException.class);
                assertThatThrownBy(() -> call(again, "useElements")).isInstanceOf(WasmEngineException.class);
            }
        }
        assertNothingLeft(guest);
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN", "HEAP"})
    void whatIsClosedUnderARunningGuestIsFreedWhenThatLeaves(MemorySetting kind) throws Exception {
        SnapshotGuest guest = new SnapshotGuest(kind);
        try (Snapshot snapshot = guest.snapshot()) {
            GuestInstance stamped = guest.stamp(snapshot);
            CompletableFuture<Void> inside = new CompletableFuture<>();
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread thread = Thread.ofPlatform().start(() -> {
                assertThat(stamped.enter()).isTrue();
                inside.complete(null);
                try {
                    call(stamped, "touch", 3 * PAGE - 4);
                } catch (WasmEngineException e) {
                    end.set(e);
                } finally {
                    await(guest, 1);
                    stamped.exit();
                }
            });
            inside.get(10, TimeUnit.SECONDS);
            stamped.close();
            thread.join();
            assertThat(end.get()).hasMessageContaining("out of bounds memory access");
            assertThat(guest.memories().figures().quarantined()).isZero();
            assertThat(guest.memories().figures().live()).isZero();
            assertThat(stamped.enter()).isFalse();
        }
        assertNothingLeft(guest);
    }

    private static void await(SnapshotGuest guest, long quarantined) {
        while (guest.memories().figures().quarantined() != quarantined) {
            Thread.onSpinWait();
        }
    }
}
