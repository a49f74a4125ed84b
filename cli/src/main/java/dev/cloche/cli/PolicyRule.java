package dev.cloche.cli;

import dev.cloche.host.bundle.Capability;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// What the commands that make a rule take: whom it is about, and what.
final class PolicyRule {
    @Parameters(
            index = "0",
            paramLabel = "all|EXT",
            converter = ExtensionConverter.class,
            description = "An extension's id, or all.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String extension;

    @Parameters(
            index = "1",
            paramLabel = "CAP[:PARAM=V,V;...]",
            converter = CapabilityConverter.class,
            description = "The capability, and what of it; by default all of it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private Capability capability;

    @Mixin
    private final ChangeOptions options = new ChangeOptions();

    /// Makes the rule.
    ///
    /// @param done what was done, in one word
    int make(Terminal terminal, String op, String done) {
        String rule = ExtensionConverter.shown(extension) + " " + InspectionPrinter.written(capability);
        boolean changed = options.change(
                terminal,
                op,
                params -> {
                    params.writeStringProperty("extension", extension);
                    params.writeStringProperty("capability", capability.name());
                    params.writeObjectPropertyStart("parameters");
                    capability.parameters().forEach((name, values) -> JsonText.strings(params, name, values));
                    params.writeEndObject();
                },
                done + " " + rule);
        if (!changed && !options.json()) {
            terminal.line("unchanged, since it was " + done + " before: " + rule);
        }
        return ExitStatus.OK;
    }
}
