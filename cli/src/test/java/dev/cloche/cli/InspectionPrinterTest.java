package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.Inspection;
import dev.cloche.host.bundle.Capability;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class InspectionPrinterTest {
    private static final Capability LOG = new Capability("log", Map.of());
    private static final Capability FETCH =
            new Capability("http.fetch", Map.of("methods", List.of("GET"), "hosts", List.of("a.example", "b.example")));

    private final InspectionPrinter printer = new InspectionPrinter(new Inspection(
            Manifests.with(Manifests.contributions(), LOG, FETCH),
            "abc123",
            new TreeMap<>(Map.of("cloche.json", 20, "main.js", 1000)),
            List.of("./seeds.js"),
            List.of(),
            List.of("none"),
            List.of(LOG),
            List.of(FETCH)));

    @Test
    void asTextEmptySectionsAreLeftOut() {
        assertThat(String.join("\n", printer.lines())).isEqualTo("""
                        name         garden
                        version      1.2.3
                        kind         script
                        abi          script_v1
                        code         main.js
                        license      Apache-2.0
                        description  Grows things
                        host         *
                        digest       abc123

                        entries
                          filter:water
                          tool:water
                          command:plant
                          command:prune

                        files
                            20  cloche.json
                          1000  main.js

                        imports
                          ./seeds.js

                        transformations
                          none

                        granted
                          log

                        withheld, unless granted with --grant
                          http.fetch:hosts=a.example,b.example;methods=GET""");
    }

    @Test
    void asJsonEverythingIsThere() {
        assertThat(printer.json())
                .isEqualTo("{\"name\":\"garden\",\"version\":\"1.2.3\",\"kind\":\"script\",\"abi\":\"script_v1\","
                        + "\"entry\":\"main.js\",\"license\":\"Apache-2.0\",\"description\":\"Grows things\","
                        + "\"requiresHost\":\"*\",\"digest\":\"abc123\","
                        + "\"entries\":[\"filter:water\",\"tool:water\",\"command:plant\",\"command:prune\"],"
                        + "\"depends\":{},\"files\":{\"cloche.json\":20,\"main.js\":1000},"
                        + "\"imports\":[\"./seeds.js\"],\"exports\":[],\"transformations\":[\"none\"],"
                        + "\"granted\":[{\"name\":\"log\",\"parameters\":{}}],"
                        + "\"withheld\":[{\"name\":\"http.fetch\",\"parameters\":"
                        + "{\"hosts\":[\"a.example\",\"b.example\"],\"methods\":[\"GET\"]}}]}");
    }
}
