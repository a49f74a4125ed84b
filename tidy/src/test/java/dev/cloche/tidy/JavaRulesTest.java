package dev.cloche.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// House rules for Java sources. Patterns are put together from parts so that this file keeps them itself.
class JavaRulesTest {
    private static final int FILE_LINES_MAX = 600;
    private static final int METHOD_LINES_MAX = 60;
    private static final Pattern WILDCARD_IMPORT = Pattern.compile("^import .*\\.\\*;", Pattern.MULTILINE);
    private static final Pattern EMPTY_NAME = Pattern.compile(".*(Manager|Utils?|Helper|Impl|AbstractFactory)");
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern SKIPPED_TEST = Pattern.compile("^\\s*@Dis" + "abled", Pattern.MULTILINE);
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\." + "sleep\\(");
    private static final Pattern TEST_METHOD =
            Pattern.compile("^\\s*@(Test|ParameterizedTest|RepeatedTest)\\b", Pattern.MULTILINE);
    private static final Pattern SUPPRESSION = Pattern.compile("@SuppressWarnings\\(\"all\"\\)");

    private static final List<JavaSource> SOURCES = JavaSource.of(Repository.here());

    @Test
    void thereAreSources() {
        assertThat(SOURCES).hasSizeGreaterThan(50);
    }

    @Test
    void filesAreNotTooLong() {
        assertThat(offenders(source -> source.lines() > FILE_LINES_MAX))
                .as("longer than " + FILE_LINES_MAX + " lines")
                .isEmpty();
    }

    @Test
    void methodsAreNotTooLong() {
        List<String> found = SOURCES.stream()
                .flatMap(source -> source.methodsLongerThan(METHOD_LINES_MAX).stream())
                .toList();
        assertThat(found).as("longer than " + METHOD_LINES_MAX + " lines").isEmpty();
    }

    @Test
    void linesAreNotTooLong() {
        assertThat(offenders(source -> source.text().lines().anyMatch(line -> line.length() > JavaStyle.COLUMNS_MAX)))
                .as("has a line longer than " + JavaStyle.COLUMNS_MAX + " columns")
                .isEmpty();
    }

    @Test
    void importsNameWhatTheyImport() {
        assertThat(containing(WILDCARD_IMPORT)).isEmpty();
    }

    @Test
    void namesSayTheRole() {
        assertThat(offenders(source -> EMPTY_NAME.matcher(source.simpleName()).matches()))
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        assertThat(containing(UNFINISHED)).isEmpty();
    }

    @Test
    void noTestIsSkipped() {
        assertThat(containing(SKIPPED_TEST)).isEmpty();
    }

    @Test
    void nothingSleeps() {
        assertThat(containing(SLEEP)).isEmpty();
    }

    @Test
    void suppressionsNameWhatTheySuppress() {
        assertThat(containing(SUPPRESSION)).isEmpty();
    }

    @Test
    void testsAreNamedSoThatTheyRun() {
        assertThat(offenders(source -> TEST_METHOD.matcher(source.text()).find()
                        && !source.simpleName().endsWith("Test")))
                .as("has tests, but its name does not end in Test")
                .isEmpty();
    }

    @Test
    void everyPackageIsDescribedAndNullMarked() {
        Function<JavaSource, String> folder =
                source -> source.name().substring(0, source.name().lastIndexOf('/'));
        Set<String> marked = SOURCES.stream()
                .filter(source -> source.simpleName().equals("package-info"))
                .filter(source -> source.text().startsWith("///"))
                .filter(source -> source.text().contains("\n@NullMarked\npackage "))
                .map(folder)
                .collect(Collectors.toSet());
        Set<String> packages = SOURCES.stream()
                .filter(source -> source.name().contains("src/main/java/")
                        && !source.simpleName().equals("module-info"))
                .map(folder)
                .collect(Collectors.toCollection(TreeSet::new));
        packages.removeAll(marked);
        assertThat(packages)
                .as("has no package-info with a description and @NullMarked")
                .isEmpty();
    }

    private static List<String> containing(Pattern pattern) {
        return offenders(source -> pattern.matcher(source.text()).find());
    }

    private static List<String> offenders(Predicate<JavaSource> rule) {
        return SOURCES.stream().filter(rule).map(JavaSource::name).toList();
    }
}
