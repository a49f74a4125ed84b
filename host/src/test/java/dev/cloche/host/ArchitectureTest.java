package dev.cloche.host;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.cloche.host.call.PlantedUpwardImport;
import dev.cloche.host.engine.PlantedLanguage;
import dev.cloche.host.engine.memory.PlantedFoundation;
import dev.cloche.host.engine.wasm.PlantedSibling;
import dev.cloche.host.pool.PlantedHabits;
import java.lang.foreign.Linker;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What may know what, and what nobody may do; and that each rule sees a violation when there is one.
class ArchitectureTest {
    private static final String ROOT = "dev.cloche.host";

    /// Lower layers first: none knows one that comes after it.
    private static final List<String> LAYERS = List.of(
            "system",
            "call",
            "telemetry",
            "placement",
            "bundle",
            "frame",
            "policy",
            "reactor",
            "hostcall",
            "scheduler",
            "engine",
            "pool",
            "storage",
            "ledger",
            "service",
            "extension",
            "control",
            "");

    private static final Set<String> EXPORTED =
            Set.of(ROOT, ROOT + ".call", ROOT + ".bundle", ROOT + ".control", ROOT + ".ledger", ROOT + ".telemetry");

    private static final Set<String> METRICS =
            Set.of(ROOT + ".HostMetrics", ROOT + ".HostcallMetrics", ROOT + ".PoolMetrics", ROOT + ".NumaMetrics");

    private static final Set<String> CLOCK_SOURCES = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.time.LocalDate.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone",
            "java.time.InstantSource.system");

    /// The generated machine of the script engine is left out: a lot of code that nobody wrote.
    private static final JavaClasses HOST_WITH_PLANTED = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/QuickJsMachine"))
            .withImportOption(location -> !location.contains("/test-classes/") || location.contains("/Planted"))
            .importPackages(ROOT);

    private static final JavaClasses HOST = HOST_WITH_PLANTED.that(describe("not planted", found -> !isOfTests(found)));

    /// One of the architecture's rules, and a class in the test sources that breaks it.
    record Rule(String name, ArchRule rule, Class<?> planted) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Rule> rules() {
        return Stream.of(
                new Rule("layers", layers(), PlantedUpwardImport.class),
                new Rule("cycles", noCycles(), PlantedUpwardImport.class),
                new Rule("languages", languagesApart(), PlantedSibling.class),
                new Rule("engine", engineBelowLanguages(), PlantedLanguage.class),
                new Rule("foundations", foundationsApart(), PlantedFoundation.class),
                new Rule("endive", endiveInEngine(), PlantedHabits.class),
                new Rule("native", nativeCallsInSystem(), PlantedHabits.class),
                new Rule("prometheus", prometheusBehindMetrics(), PlantedHabits.class),
                new Rule("synchronized", noSynchronized(), PlantedHabits.class),
                new Rule("thread-local", noThreadLocal(), PlantedHabits.class),
                new Rule("clocks", clocksInjected(), PlantedHabits.class),
                new Rule("output", noOwnOutput(), PlantedHabits.class));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theHostKeepsTheRule(Rule rule) {
        rule.rule().check(HOST);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aPlantedViolationIsFound(Rule rule) {
        assertThatThrownBy(() -> rule.rule().check(HOST_WITH_PLANTED))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(rule.planted().getSimpleName());
    }

    @Test
    void everyPackageHasItsLayer() {
        Set<String> packages = HOST.stream()
                .map(JavaClass::getPackageName)
                .map(ArchitectureTest::layerOf)
                .collect(Collectors.toSet());
        assertThat(LAYERS).containsAll(packages);
    }

    @Test
    void onlyTheNamedPackagesAreExported() {
        ModuleDescriptor module = ModuleFinder.of(Path.of("target", "classes"))
                .find("dev.cloche.host")
                .orElseThrow()
                .descriptor();
        assertThat(module.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .hasSameElementsAs(EXPORTED);
        assertThat(module.exports()).noneMatch(ModuleDescriptor.Exports::isQualified);
        assertThat(module.opens()).isEmpty();
    }

    private static boolean isOfTests(JavaClass found) {
        return found.getSource()
                .map(source -> source.getUri().toString().contains("/test-classes/"))
                .orElse(false);
    }

    private static ArchRule layers() {
        return classes()
                .that()
                .resideInAPackage(ROOT + "..")
                .should(new OnlyKnowLowerLayers(ROOT, LAYERS))
                .because("the way of a call goes one way");
    }

    private static ArchRule noCycles() {
        return SlicesRuleDefinition.slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
    }

    private static ArchRule languagesApart() {
        return CompositeArchRule.of(neverKnows(".engine.wasm", ".engine.script.."))
                .and(neverKnows(".engine.script", ".engine.wasm.."));
    }

    private static ArchRule engineBelowLanguages() {
        return CompositeArchRule.of(neverKnows(".engine", ".engine.wasm..", ".engine.script.."))
                .and(neverKnows(".engine.compile", ".engine", ".engine.wasm..", ".engine.script.."));
    }

    /// What engines are made of: each can be read, tested and built by itself.
    private static ArchRule foundationsApart() {
        return CompositeArchRule.of(neverKnows(".engine.memory", others("rewrite", "cache")))
                .and(neverKnows(".engine.rewrite", others("memory", "cache")))
                .and(neverKnows(".engine.cache", others("memory", "rewrite")));
    }

    private static String[] others(String... foundations) {
        return Stream.concat(
                        Stream.of(".engine", ".engine.compile..", ".engine.wasm..", ".engine.script.."),
                        Stream.of(foundations).map(name -> ".engine." + name + ".."))
                .toArray(String[]::new);
    }

    private static ArchRule neverKnows(String from, String... to) {
        return noClasses()
                .that()
                .resideInAPackage(ROOT + from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Stream.of(to).map(name -> ROOT + name).toArray(String[]::new));
    }

    private static ArchRule endiveInEngine() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("run.endive..");
    }

    private static ArchRule nativeCallsInSystem() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".system")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Linker.class)
                .because("all calls of the C library have one shape, which is linked once");
    }

    private static ArchRule prometheusBehindMetrics() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".telemetry.exposition")
                .and(describe("are not metrics", found -> !METRICS.contains(found.getName())))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.prometheus..")
                .because("a host that nobody asks for metrics loads nothing of the library");
    }

    private static ArchRule noSynchronized() {
        return methods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(ROOT + ".engine..", ROOT + ".pool..")
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .allowEmptyShould(true);
    }

    private static ArchRule noThreadLocal() {
        return noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class);
    }

    private static ArchRule clocksInjected() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .accessTargetWhere(describe("reads a clock of its own", ArchitectureTest::readsClock))
                .because("clocks are made where a host is opened and handed down");
    }

    private static ArchRule noOwnOutput() {
        return noClasses()
                .should()
                .accessTargetWhere(describe("prints", ArchitectureTest::prints))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .because("a library tells its embedder through SLF4J and return values");
    }

    /// Calls and method references alike; one that is handed a clock is well.
    private static boolean readsClock(JavaAccess<?> access) {
        String target =
                access.getTargetOwner().getName() + "." + access.getTarget().getName();
        boolean own = access.getTarget().getFullName().endsWith("()");
        return own && CLOCK_SOURCES.contains(target);
    }

    private static boolean prints(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String name = access.getTarget().getName();
        boolean stream = owner.equals("java.lang.System") && (name.equals("out") || name.equals("err"));
        return stream || name.equals("printStackTrace");
    }

    private static String layerOf(String packageName) {
        return OnlyKnowLowerLayers.layerOf(ROOT, packageName);
    }
}
