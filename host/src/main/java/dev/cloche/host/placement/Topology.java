package dev.cloche.host.placement;

import dev.cloche.host.system.SystemFiles;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The machine's nodes as far as this process may use them: their processors, memory and distances. Immutable.
///
/// @param nodes by number, ascending; those without a processor that may be used are among them, for their memory
/// @param notes what could not be read or made sense of, for people
public record Topology(List<Node> nodes, Optional<Fallback> fallback, List<String> notes) {
    /// Nodes looked at; as many as Linux can be built for.
    public static final int NODES_MAX = 1_024;

    /// What Linux says of a node and itself.
    static final int LOCAL_DISTANCE = 10;

    /// What is taken for the distance of two nodes that the system tells none of.
    static final int USUAL_DISTANCE = 20;

    public Topology {
        nodes = List.copyOf(nodes);
        notes = List.copyOf(notes);
    }

    /// A processor, as the system counts them: what a thread can be pinned to.
    ///
    /// @param core which processors of a socket share a core
    public record Cpu(int id, int core, int socket) {}

    /// A part of the machine: memory, and the processors near to it.
    ///
    /// @param cpus those that this process may use, ascending
    /// @param memoryBytes zero where the system does not say
    /// @param freeBytes of these, when the topology was read
    /// @param memoryAllowed whether this process may use the node's memory
    /// @param distances to all nodes in their order; empty where the system does not say
    public record Node(
            int id, List<Cpu> cpus, long memoryBytes, long freeBytes, boolean memoryAllowed, List<Integer> distances) {
        public Node {
            cpus = List.copyOf(cpus);
            distances = List.copyOf(distances);
        }
    }

    /// Reads what the system says. Throws nothing: what is missing or garbage is noted.
    public static Topology read(SystemFiles files) {
        return new TopologyReader(files).read();
    }

    /// The nodes that have processors for this process, ascending.
    public List<Node> computing() {
        return nodes.stream().filter(node -> !node.cpus().isEmpty()).toList();
    }

    /// The number of the node that a processor belongs to; -1 where that is unknown.
    public int nodeOf(int cpu) {
        for (Node node : nodes) {
            for (Cpu each : node.cpus()) {
                if (each.id() == cpu) {
                    return node.id();
                }
            }
        }
        return -1;
    }

    /// How far one node's memory is from the other, in the system's unit: ten is the way to its own.
    public int distance(int from, int to) {
        for (Node node : nodes) {
            int position = positionOf(to);
            if (node.id() == from
                    && position >= 0
                    && position < node.distances().size()) {
                return node.distances().get(position);
            }
        }
        return from == to ? LOCAL_DISTANCE : USUAL_DISTANCE;
    }

    private int positionOf(int id) {
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).id() == id) {
                return i;
            }
        }
        return -1;
    }

    /// All nodes, the nearest to this one first; those equally near by number.
    public List<Node> nearest(int from) {
        return nodes.stream()
                .sorted(Comparator.comparingInt((Node node) -> distance(from, node.id()))
                        .thenComparingInt(Node::id))
                .toList();
    }

    /// For machines: nodes with their processors, memory and distances.
    public String toJson() {
        return PlacementJson.of(this);
    }
}
