package dev.cloche.host.engine.memory;

import dev.cloche.host.system.SystemFiles;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// The huge pages that the operator has set aside on a machine: those of the size that the system has by default.
///
/// @param pageBytes zero where the system does not say
/// @param total pages there are on all nodes
/// @param free of these, when this was read
record HugePool(long pageBytes, long total, long free) {
    /// Why memory does not lie on huge pages.
    enum Fallback {
        /// The settings do not ask for them.
        DISABLED,
        /// The system does not say which it has, or cannot give them in the way that is safe.
        NOT_DETECTABLE,
        /// The node has not as many free as the slab needs.
        TOO_FEW_FREE,
        /// A slot is not a whole number of them.
        SIZE_NOT_ALIGNED;

        private final String label = name().toLowerCase(Locale.ROOT);

        String label() {
            return label;
        }
    }

    private static final long KIB = 1 << 10;

    /// Larger pages than this are taken for garbage.
    private static final long PAGE_BYTES_MAX = 1L << 40;

    static HugePool read(SystemFiles files) {
        long pageBytes = files.labelled("proc/meminfo", "Hugepagesize").orElse(0) * KIB;
        if (pageBytes <= 0 || pageBytes > PAGE_BYTES_MAX || Long.bitCount(pageBytes) != 1) {
            return new HugePool(0, 0, 0);
        }
        String folder = "sys/kernel/mm/" + folder(pageBytes);
        OptionalLong total = files.number(folder + "nr_hugepages");
        OptionalLong free = files.number(folder + "free_hugepages");
        return total.isEmpty() || free.isEmpty()
                ? new HugePool(0, 0, 0)
                : new HugePool(pageBytes, total.getAsLong(), free.getAsLong());
    }

    private static String folder(long pageBytes) {
        return "hugepages/hugepages-" + pageBytes / KIB + "kB/";
    }

    /// Why a slab cannot lie on them; empty if it may be tried.
    ///
    /// @param node where they are to be
    Optional<Fallback> objection(NumaSettings settings, int node) {
        if (!settings.hugePages()) {
            return Optional.of(Fallback.DISABLED);
        }
        if (pageBytes == 0) {
            return Optional.of(Fallback.NOT_DETECTABLE);
        }
        if (settings.slotBytes() % pageBytes != 0) {
            return Optional.of(Fallback.SIZE_NOT_ALIGNED);
        }
        String file = "sys/devices/system/node/node" + node + "/" + folder(pageBytes) + "free_hugepages";
        long wanted = settings.slots() * settings.slotBytes() / pageBytes;
        return settings.files().number(file).orElse(free) < wanted
                ? Optional.of(Fallback.TOO_FEW_FREE)
                : Optional.empty();
    }
}
