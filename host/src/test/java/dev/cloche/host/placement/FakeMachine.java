package dev.cloche.host.placement;

import dev.cloche.host.system.SystemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A folder filled with what the system would say on a machine of so many nodes.
public final class FakeMachine {
    /// What each node has.
    public static final long NODE_BYTES = 1L << 30;

    private final Path root;

    public FakeMachine(Path root) {
        this.root = root;
    }

    /// Nodes of so many processors each, two of them a core: 0 and 1 on core 0, 2 and 3 on core 1.
    public static FakeMachine of(Path root, int nodes, int cpusEach) {
        FakeMachine machine = new FakeMachine(root);
        for (int node = 0; node < nodes; node++) {
            int first = node * cpusEach;
            machine.node(node, first + "-" + (first + cpusEach - 1), distances(nodes, node));
            for (int cpu = first; cpu < first + cpusEach; cpu++) {
                machine.cpu(cpu, (cpu - first) / 2, node);
            }
        }
        String all = "0-" + (nodes * cpusEach - 1);
        return machine.write("sys/devices/system/cpu/online", all).status(all, nodes == 1 ? "0" : "0-" + (nodes - 1));
    }

    /// The farther apart two numbers are, the farther the nodes.
    private static String distances(int nodes, int from) {
        List<String> distances = new ArrayList<>();
        for (int to = 0; to < nodes; to++) {
            distances.add(String.valueOf(10 + 10 * Math.abs(from - to)));
        }
        return String.join(" ", distances);
    }

    public FakeMachine node(int node, String cpus, String distances) {
        String folder = "sys/devices/system/node/node" + node;
        long kib = NODE_BYTES >> 10;
        return write(folder + "/cpulist", cpus)
                .write(folder + "/distance", distances)
                .write(
                        folder + "/meminfo",
                        "Node " + node + " MemTotal:       " + kib + " kB\nNode " + node + " MemFree:        " + kib / 2
                                + " kB");
    }

    public FakeMachine cpu(int cpu, int core, int socket) {
        String folder = "sys/devices/system/cpu/cpu" + cpu + "/topology";
        return write(folder + "/core_id", String.valueOf(core))
                .write(folder + "/physical_package_id", String.valueOf(socket));
    }

    public FakeMachine status(String cpus, String nodes) {
        return write("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t" + cpus + "\nMems_allowed_list:\t" + nodes);
    }

    /// Pages of a size, in all of the machine and on one node.
    public FakeMachine hugePages(int node, long kib, long total, long free) {
        return write("proc/meminfo", "MemTotal:   1048576 kB\nHugepagesize:    " + kib + " kB")
                .pool("sys/kernel/mm/hugepages/hugepages-" + kib + "kB", total, free)
                .pool("sys/devices/system/node/node" + node + "/hugepages/hugepages-" + kib + "kB", total, free);
    }

    private FakeMachine pool(String folder, long total, long free) {
        return write(folder + "/nr_hugepages", String.valueOf(total))
                .write(folder + "/free_hugepages", String.valueOf(free));
    }

    public FakeMachine write(String file, String text) {
        try {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FakeMachine delete(String file) {
        try {
            Files.delete(root.resolve(file));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public SystemFiles files() {
        return new SystemFiles(root);
    }

    public Topology topology() {
        return Topology.read(files());
    }
}
