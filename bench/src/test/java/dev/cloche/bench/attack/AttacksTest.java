package dev.cloche.bench.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cloche.bench.Checkout;
import dev.cloche.bench.TemporaryFolder;
import dev.cloche.host.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The attacks themselves: that there are enough, that each is sound, and that text and module belong together.
class AttacksTest {
    private static final int ATTACKS_MIN = 80;
    private static final int RUNS_MIN = 1_000;
    private static final int SEEDS = 4;
    private static final int LIFTED_MIN = 10;

    /// An attack in a document, or several with a `*` for any part of their names.
    private static final Pattern NAMED = Pattern.compile("`((?:script|wasm|module|\\*)[/-][a-z0-9*-]+)`");

    private final List<Attack> attacks = Attacks.all();

    @Test
    void thereAreManyAndEachHasANameOfItsOwn() {
        Set<String> names = new HashSet<>();
        assertThat(attacks).hasSizeGreaterThanOrEqualTo(ATTACKS_MIN).allMatch(attack -> names.add(attack.name()));
        assertThat(attacks).allSatisfy(attack -> {
            assertThat(attack.tries()).as(attack.name()).isNotBlank().doesNotEndWith(".");
            assertThat(attack.family()).as(attack.name()).isNotBlank();
        });
        long pairs = attacks.stream()
                .flatMap(attack -> Stream.of(Mode.values()).filter(mode -> mode.fits(attack)))
                .count();
        assertThat(pairs * 2 * SEEDS).isGreaterThanOrEqualTo(RUNS_MIN);
        assertThat(attacks.stream().filter(attack -> attack.lifted().isPresent()))
                .hasSizeGreaterThanOrEqualTo(LIFTED_MIN);
    }

    @Test
    void eachIsABundleInEveryModeThatFitsIt() {
        for (Attack attack : attacks) {
            for (Mode mode : Mode.values()) {
                if (mode.fits(attack)) {
                    Bundle bundle = AttackBundle.of(attack, mode, attack.limits(), 1);
                    assertThat(bundle.manifest().name()).isEqualTo(attack.extension());
                }
            }
        }
    }

    @Test
    void everyTextHasItsModuleAndEveryModuleItsText() throws IOException {
        List<Path> texts = Attacks.files(Attacks.MODULES, ".wat");
        assertThat(Attacks.files(Attacks.MODULES, ".wasm"))
                .extracting(module -> module.toString().replace(".wasm", ".wat"))
                .containsExactlyElementsOf(texts.stream().map(Path::toString).toList());
        if (!isThere("wat2wasm")) {
            System.err.println("wat2wasm (Debian: wabt) is not there: modules are not held against their text");
            return;
        }
        List<String> stale = new ArrayList<>();
        try (TemporaryFolder folder = TemporaryFolder.make()) {
            for (Path text : texts) {
                Path built = folder.path().resolve("built.wasm");
                new ProcessBuilder("wat2wasm", text.toString(), "-o", built.toString())
                        .inheritIO()
                        .start()
                        .onExit()
                        .join();
                Path kept = Path.of(text.toString().replace(".wat", ".wasm"));
                if (!Files.exists(built) || Files.mismatch(built, kept) >= 0) {
                    stale.add(text.toString());
                }
            }
        }
        assertThat(stale)
                .as("differ from their modules; run bench/attacks/build.sh")
                .isEmpty();
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    @Test
    void anAttackThatDoesNotSayAllItShouldIsRefused() {
        assertRefused("// family: a\n// expect: timed-out\n", "missing=tries");
        assertRefused("// family: a\n// nothing\n", "line=// nothing");
        assertRefused("// family: a\n// tries: b\n// expect: exploded\n", "expect=exploded");
        assertRefused("// family: a\n// tries: b\n", "says what it must come to");
    }

    private static void assertRefused(String source, String message) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> AttackFile.parse("script/x", source).attack(new Attack.Code.Script(source)))
                .withMessageContaining(message);
    }

    @Test
    void theDocumentNamesOnlyAttacksThatThereAre() {
        Matcher named = NAMED.matcher(Attacks.text(Checkout.path("docs/security.md")));
        List<String> unknown = new ArrayList<>();
        int count = 0;
        while (named.find()) {
            Pattern pattern = Pattern.compile(named.group(1).replace("*", ".*"));
            if (attacks.stream()
                    .noneMatch(attack -> pattern.matcher(attack.name()).matches())) {
                unknown.add(named.group(1));
            }
            count++;
        }
        assertThat(unknown).isEmpty();
        assertThat(count).isGreaterThan(ATTACKS_MIN / 2);
    }

    @Test
    void theFolderHasNothingElse() throws IOException {
        try (Stream<Path> files = Files.list(Checkout.path(Attacks.SCRIPTS))) {
            assertThat(files).allMatch(file -> file.toString().endsWith(".js"));
        }
    }
}
