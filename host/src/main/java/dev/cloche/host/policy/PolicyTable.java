package dev.cloche.host.policy;

import dev.cloche.host.bundle.Capability;
import java.util.List;
import java.util.Map;

/// The decisions for one extension, made once when it is loaded. Immutable.
public final class PolicyTable {
    private final String extension;
    private final Map<String, Decision> decisions;
    private final List<Capability> granted;
    private final List<Capability> withheld;

    PolicyTable(
            String extension, Map<String, Decision> decisions, List<Capability> granted, List<Capability> withheld) {
        this.extension = extension;
        this.decisions = Map.copyOf(decisions);
        this.granted = List.copyOf(granted);
        this.withheld = List.copyOf(withheld);
    }

    /// The id of the extension these decisions are about.
    public String extension() {
        return extension;
    }

    /// Whether the extension has the capability.
    public Decision decide(String capability) {
        Decision decision = decisions.get(capability);
        return decision == null ? notRequested(capability) : decision;
    }

    private Decision notRequested(String capability) {
        return new Decision.Refused(
                capability,
                Decision.NOT_REQUESTED,
                "the manifest does not ask for " + capability
                        + "; add it to \"capabilities\" in cloche.json, extension=" + extension + " capability="
                        + capability);
    }

    /// What the manifest asks for and the extension has, in order of name.
    public List<Capability> granted() {
        return granted;
    }

    /// What the manifest asks for and the extension does not have, in order of name.
    public List<Capability> withheld() {
        return withheld;
    }
}
