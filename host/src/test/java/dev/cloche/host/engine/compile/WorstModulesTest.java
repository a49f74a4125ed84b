package dev.cloche.host.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.engine.rewrite.ModuleLimit;
import dev.cloche.host.engine.rewrite.ModuleScan;
import dev.cloche.host.engine.rewrite.WorstModules;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The limits of modules are tight enough: what they let through can be compiled with little memory.
class WorstModulesTest {
    /// What the limits promise, and a time that no machine needs.
    private static final CompileSettings BOUNDS = new CompileSettings(true, 512L << 20, Duration.ofMinutes(5));

    /// Nothing that is compiled, or refused unless it is one of the few that the host offers.
    private static final Set<ModuleLimit> CHEAP = EnumSet.of(
            ModuleLimit.IMPORTS,
            ModuleLimit.TABLES,
            ModuleLimit.NAME,
            ModuleLimit.CONSTANT,
            ModuleLimit.CUSTOM_SECTIONS,
            ModuleLimit.CUSTOM);

    @Test
    void theWorstModulesAreWithinTheLimitsAndGoNearEachOfThem() {
        var near = EnumSet.copyOf(CHEAP);
        WorstModules.all().forEach((shape, module) -> {
            var scan = ModuleScan.of(module.get(), false);
            assertThat(scan.excesses()).as(shape).isEmpty();
            for (ModuleLimit limit : ModuleLimit.values()) {
                if (scan.amount(limit) > limit.maximum(false) * 9 / 10) {
                    near.add(limit);
                }
            }
        });
        assertThat(near).containsExactlyInAnyOrder(ModuleLimit.values());
    }

    /// Those that take most memory or time; `WorstModules` has more.
    @ParameterizedTest
    @ValueSource(strings = {"regions", "memory code", "loops", "entities"})
    void theWorstModulesAreCompiledWithLittleMemory(String shape) {
        byte[] module =
                Objects.requireNonNull(WorstModules.all().get(shape), shape).get();
        Map<String, byte[]> files =
                new ProcessBuild(BOUNDS).classes(module, new ModuleCompiler.Rewrite(true, true), _ -> {});
        assertThat(files).containsKeys(ModuleCompiler.MODULE_FILE, ModuleCompiler.MAIN_CLASS);
    }
}
