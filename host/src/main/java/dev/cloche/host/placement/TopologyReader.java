package dev.cloche.host.placement;

import dev.cloche.host.placement.Topology.Cpu;
import dev.cloche.host.placement.Topology.Node;
import dev.cloche.host.system.SystemFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the topology once. What a file does not say is left at what can be relied on, and noted.
final class TopologyReader {
    /// As many as Linux can be built for.
    static final int CPUS_MAX = 8_192;

    /// Notes kept; the first ones say enough.
    static final int NOTES_MAX = 32;

    private static final String NODES = "sys/devices/system/node";
    private static final String CPUS = "sys/devices/system/cpu";
    private static final String STATUS = "proc/self/status";
    private static final long KIB = 1 << 10;

    private final SystemFiles files;
    private final List<String> notes = new ArrayList<>();

    TopologyReader(SystemFiles files) {
        this.files = files;
    }

    Topology read() {
        if (!files.isFolder(NODES)) {
            note("there is no such folder, file=" + NODES);
            return new Topology(List.of(), Optional.of(Fallback.TOPOLOGY_UNAVAILABLE), notes);
        }
        BitSet usable = usable();
        @Nullable BitSet memories = list(STATUS, files.value(STATUS, "Mems_allowed_list"), Topology.NODES_MAX);
        List<Node> nodes = new ArrayList<>();
        for (int id : files.numbered(NODES, "node", Topology.NODES_MAX)) {
            nodes.add(node(id, usable, memories == null || memories.get(id)));
        }
        if (nodes.isEmpty()) {
            note("the folder has no nodes, file=" + NODES);
        }
        return new Topology(nodes, fallback(nodes), notes);
    }

    private static Optional<Fallback> fallback(List<Node> nodes) {
        long computing = nodes.stream().filter(node -> !node.cpus().isEmpty()).count();
        if (computing == 0) {
            return Optional.of(Fallback.TOPOLOGY_EMPTY);
        }
        return computing == 1 ? Optional.of(Fallback.SINGLE_NUMA_NODE) : Optional.empty();
    }

    /// The processors that are online and that this process may use.
    private BitSet usable() {
        BitSet usable = new BitSet();
        usable.set(0, CPUS_MAX);
        narrow(usable, CPUS + "/online", files.text(CPUS + "/online"));
        narrow(usable, STATUS, files.value(STATUS, "Cpus_allowed_list"));
        for (String set : cpusets()) {
            Optional<String> cpus = files.text(set);
            if (cpus.isPresent()) {
                narrow(usable, set, cpus);
            }
        }
        return usable;
    }

    private void narrow(BitSet usable, String file, Optional<String> text) {
        @Nullable BitSet named = list(file, text, CPUS_MAX);
        if (named != null && !named.isEmpty()) {
            usable.and(named);
        }
    }

    /// The files that say which processors the process's control group has, in either version of them; the group's
    /// limits are those of all above it too.
    private List<String> cpusets() {
        List<String> sets = new ArrayList<>();
        for (String line : files.text("proc/self/cgroup").orElse("").split("\n", -1)) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && parts[2].startsWith("/") && !parts[2].contains("..")) {
                Path group = Path.of("/").relativize(Path.of(parts[2]).normalize());
                if (parts[1].isEmpty()) {
                    sets.add(Path.of("sys/fs/cgroup").resolve(group) + "/cpuset.cpus.effective");
                } else if (List.of(parts[1].split(",", -1)).contains("cpuset")) {
                    sets.add(Path.of("sys/fs/cgroup/cpuset").resolve(group) + "/cpuset.effective_cpus");
                }
            }
        }
        return sets;
    }

    private Node node(int id, BitSet usable, boolean memoryAllowed) {
        String folder = NODES + "/node" + id;
        @Nullable BitSet named = list(folder + "/cpulist", files.text(folder + "/cpulist"), CPUS_MAX);
        List<Cpu> cpus = new ArrayList<>();
        if (named != null) {
            named.and(usable);
            named.stream().mapToObj(this::cpu).forEach(cpus::add);
        }
        long memory = files.labelled(folder + "/meminfo", "MemTotal").orElse(0) * KIB;
        if (memory == 0) {
            note("the node's memory is not told, file=" + folder + "/meminfo");
        }
        long free = files.labelled(folder + "/meminfo", "MemFree").orElse(0) * KIB;
        return new Node(id, cpus, memory, free, memoryAllowed, distances(folder + "/distance"));
    }

    /// A processor that nothing is told of is a core of its own.
    private Cpu cpu(int id) {
        String folder = CPUS + "/cpu" + id + "/topology";
        long core = files.number(folder + "/core_id").orElse(id);
        long socket = files.number(folder + "/physical_package_id").orElse(0);
        return new Cpu(id, (int) Math.min(core, Integer.MAX_VALUE), (int) Math.min(socket, Integer.MAX_VALUE));
    }

    private List<Integer> distances(String file) {
        String text = files.text(file).orElse("");
        List<Integer> distances = new ArrayList<>();
        for (String number : text.split("\\s+", Topology.NODES_MAX)) {
            try {
                distances.add(Integer.parseInt(number));
            } catch (NumberFormatException _) {
                note("the node's distances are not told, file=" + file);
                return List.of();
            }
        }
        return distances;
    }

    /// Null, and a note, where it is absent or garbage.
    private @Nullable BitSet list(String file, Optional<String> text, int max) {
        if (text.isEmpty()) {
            note("it cannot be read, file=" + file);
            return null;
        }
        try {
            return CpuRanges.parse(text.get(), max);
        } catch (IllegalArgumentException e) {
            note(e.getMessage() + " file=" + file);
            return null;
        }
    }

    private void note(String note) {
        if (notes.size() < NOTES_MAX) {
            notes.add(note);
        }
    }
}
