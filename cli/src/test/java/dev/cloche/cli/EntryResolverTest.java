package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Contributions;
import dev.cloche.host.call.Entry;
import org.junit.jupiter.api.Test;

final class EntryResolverTest {
    private final EntryResolver resolver = new EntryResolver(Manifests.with(Manifests.contributions()));

    @Test
    void theFirstCommandIsTheDefault() {
        assertThat(resolver.first()).isEqualTo(Entry.command("plant"));
    }

    @Test
    void anEntryIsFoundByKindAndName() {
        assertThat(resolver.named("tool:water")).isEqualTo(Entry.tool("water"));
    }

    @Test
    void aBareNameIsEnoughWhereOneEntryHasIt() {
        assertThat(resolver.named("prune")).isEqualTo(Entry.command("prune"));
    }

    @Test
    void aBareNameOfSeveralEntriesIsRefusedWithTheirFullNames() {
        assertThatThrownBy(() -> resolver.named("water"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("write one of filter:water,tool:water");
    }

    @Test
    void anUnknownEntryIsRefusedWithAllThereAre() {
        assertThatThrownBy(() -> resolver.named("command:water"))
                .hasMessage("garden has no entry command:water,"
                        + " entries=filter:water,tool:water,command:plant,command:prune");
    }

    @Test
    void withoutACommandThereIsNoDefault() {
        EntryResolver empty = new EntryResolver(Manifests.with(Contributions.NONE));
        assertThatThrownBy(empty::first)
                .isInstanceOfSatisfying(
                        CommandFailure.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.USAGE))
                .hasMessageContaining("--entry");
    }
}
