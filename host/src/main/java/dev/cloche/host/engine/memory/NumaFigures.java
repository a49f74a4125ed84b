package dev.cloche.host.engine.memory;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the slabs of a host hold.
///
/// @param nodes those that have a slab
/// @param fallback why memory is not spread over nodes; empty if it is
/// @param acrossNodes memories that did not get a slot of the node they were made on, by reason
/// @param outside memories that got no slot but a mapping of their own, by reason
/// @param unbound times that the system did not bind memory to its node again, or an image could not be had there
/// @param problems why nodes have no slab, for people
public record NumaFigures(
        List<Node> nodes,
        String fallback,
        Map<String, Long> acrossNodes,
        Map<String, Long> outside,
        long unbound,
        Huge huge,
        List<String> problems) {
    public NumaFigures {
        nodes = List.copyOf(nodes);
        acrossNodes = Collections.unmodifiableMap(new TreeMap<>(acrossNodes));
        outside = Collections.unmodifiableMap(new TreeMap<>(outside));
        problems = List.copyOf(problems);
    }

    /// @param capacity slots there are
    /// @param highWater the most that were in use
    /// @param lost slots that the system did not give back, which are not used again
    public record Slots(int capacity, int inUse, int highWater, int lost) {}

    /// One node's slab.
    ///
    /// @param stale attempts to free a slot with a handle that had ended; nothing came of them
    /// @param hugeBytes what of it lies on huge pages
    /// @param bindErrno zero if the system bound it to its node, else why not
    /// @param hugeFallback why it does not lie on huge pages; empty if it does
    public record Node(
            int node,
            Slots slots,
            long allocations,
            long frees,
            long stale,
            long slotBytes,
            long hugeBytes,
            int bindErrno,
            String hugeFallback) {
        public long capacityBytes() {
            return slots.capacity() * slotBytes;
        }
    }

    /// The machine's huge pages when the slabs were made.
    ///
    /// @param pageBytes zero where the system does not say
    public record Huge(long pageBytes, long total, long free) {}

    /// Which part of all slabs lies on huge pages, from 0 to 1.
    public double hugeShare() {
        long bytes = nodes.stream().mapToLong(Node::capacityBytes).sum();
        return bytes == 0
                ? 0
                : (double) nodes.stream().mapToLong(Node::hugeBytes).sum() / bytes;
    }

    /// For machines.
    public String toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("fallback", fallback);
        ArrayNode array = json.putArray("nodes");
        nodes.forEach(node -> write(array.addObject(), node));
        ObjectNode across = json.putObject("across_nodes");
        acrossNodes.forEach(across::put);
        ObjectNode own = json.putObject("outside");
        outside.forEach(own::put);
        json.put("unbound", unbound)
                .putObject("huge_pages")
                .put("page_bytes", huge.pageBytes())
                .put("total", huge.total())
                .put("free", huge.free())
                .put("share", hugeShare());
        ArrayNode said = json.putArray("problems");
        problems.forEach(said::add);
        return json.toString();
    }

    private static void write(ObjectNode json, Node node) {
        json.put("node", node.node())
                .put("slots", node.slots().capacity())
                .put("slot_bytes", node.slotBytes())
                .put("in_use", node.slots().inUse())
                .put("high_water", node.slots().highWater())
                .put("lost", node.slots().lost())
                .put("allocations", node.allocations())
                .put("frees", node.frees())
                .put("stale", node.stale())
                .put("huge_bytes", node.hugeBytes())
                .put("huge_fallback", node.hugeFallback())
                .put("bound", node.bindErrno() == 0)
                .put("bind_errno", node.bindErrno());
    }
}
