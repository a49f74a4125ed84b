package dev.cloche.bench.hostcall;

import dev.cloche.bench.area.Area;
import java.util.List;

/// The way of a hostcall.
public final class HostcallArea {
    private HostcallArea() {}

    public static Area area() {
        return new Area("hostcall", "Hostcalls, from the guest to the service and back", List.of(new HostcallLine()));
    }
}
