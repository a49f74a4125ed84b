package dev.cloche.host.placement;

import dev.cloche.host.placement.PlacementPlan.Binding;
import dev.cloche.host.placement.Topology.Cpu;
import dev.cloche.host.placement.Topology.Node;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Topologies and plans as JSON.
final class PlacementJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private PlacementJson() {}

    static String of(PlacementPlan plan) {
        ObjectNode json = NODES.objectNode();
        json.put("affinity", plan.affinity().label());
        json.put("shards", plan.shards());
        fallback(json, plan.fallback());
        bindings(json.putArray("bindings"), plan.bindings());
        bindings(json.putArray("advice"), plan.advice());
        return json.toString();
    }

    private static void bindings(ArrayNode array, List<Binding> bindings) {
        for (Binding binding : bindings) {
            array.addObject()
                    .put("shard", binding.shard())
                    .put("core", binding.core())
                    .put("node", binding.node());
        }
    }

    static String of(Topology topology) {
        ObjectNode json = NODES.objectNode();
        fallback(json, topology.fallback());
        ArrayNode nodes = json.putArray("nodes");
        for (Node node : topology.nodes()) {
            ObjectNode object = nodes.addObject().put("node", node.id());
            ArrayNode cpus = object.putArray("cpus");
            for (Cpu cpu : node.cpus()) {
                cpus.addObject().put("cpu", cpu.id()).put("core", cpu.core()).put("socket", cpu.socket());
            }
            object.put("memory_bytes", node.memoryBytes())
                    .put("free_bytes", node.freeBytes())
                    .put("memory_allowed", node.memoryAllowed());
            ArrayNode distances = object.putArray("distances");
            node.distances().forEach(distances::add);
        }
        ArrayNode notes = json.putArray("notes");
        topology.notes().forEach(notes::add);
        return json.toString();
    }

    private static void fallback(ObjectNode json, Optional<Fallback> fallback) {
        fallback.ifPresentOrElse(reason -> json.put("fallback", reason.label()), () -> json.putNull("fallback"));
    }
}
