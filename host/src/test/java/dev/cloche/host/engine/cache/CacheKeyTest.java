package dev.cloche.host.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CacheKeyTest {
    private static final CacheKey KEY =
            CacheKey.of(CacheKind.CLASSES).with("code", "abc").with("engine", "endive-1.0.0");

    @Test
    void saysWhatItIsMadeOf() {
        assertThat(KEY).hasToString("classes code=abc engine=endive-1.0.0");
        assertThat(CacheKey.of(CacheKind.SNAPSHOT).withHash("code", new byte[0]))
                .hasToString("snapshot code=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void isReadFromItsText() {
        assertThat(CacheKey.parse(KEY.text())).hasValue(KEY);
        for (String text : List.of("", "clothes\n", "classes\ncode\n", "classes\nCODE=1\n", "classes\na=1\na=2\n")) {
            assertThat(CacheKey.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void everyInputCounts() {
        List<CacheKey> keys = new ArrayList<>(List.of(
                KEY,
                CacheKey.of(CacheKind.SNAPSHOT).with("code", "abc").with("engine", "endive-1.0.0"),
                CacheKey.of(CacheKind.CLASSES).with("code", "abd").with("engine", "endive-1.0.0"),
                CacheKey.of(CacheKind.CLASSES).with("code", "abc").with("engine", "endive-1.0.1"),
                CacheKey.of(CacheKind.CLASSES).with("code", "abc engine=endive-1.0.0"),
                CacheKey.of(CacheKind.CLASSES).with("code", "abc"),
                CacheKey.of(CacheKind.CLASSES).with("codes", "abc"),
                CacheKey.of(CacheKind.CLASSES)));
        Set<String> names = new HashSet<>();
        keys.forEach(key -> names.add(key.fileName()));
        assertThat(names).hasSameSizeAs(keys).allMatch(name -> name.matches("(classes|snapshot)-[0-9a-f]{64}\\.entry"));
    }

    @Test
    void thePlaceOfAnEntryDoesNotChangeFromReleaseToRelease() {
        assertThat(KEY.fileName())
                .isEqualTo("classes-fc4a6c4f112df617a1fc81697eced38145e2b335eda3b4e25f461e921a9ddadc.entry");
    }

    @Test
    void refusesWhatItCannotKeepApart() {
        for (String label : List.of("", "Code", "1code", "code=", "code\n", "c".repeat(33))) {
            assertThatThrownBy(() -> KEY.with(label, "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("label=" + label);
        }
        for (String value : List.of("", "a\nb", "\u00e4", "v".repeat(CacheKey.VALUE_CHARS_MAX + 1))) {
            assertThatThrownBy(() -> KEY.with("more", value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("value=" + value);
        }
        assertThatThrownBy(() -> KEY.with("code", "again")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLargestKeyFitsAnEntry() {
        CacheKey key = CacheKey.of(CacheKind.SNAPSHOT);
        for (int i = 0; i < CacheKey.PARTS_MAX; i++) {
            key = key.with("l".repeat(30) + (char) ('a' + i), "v".repeat(CacheKey.VALUE_CHARS_MAX));
        }
        assertThat(key.text()).hasSizeLessThanOrEqualTo(EntryFormat.KEY_BYTES_MAX);
        CacheKey full = key;
        assertThatThrownBy(() -> full.with("one-more", "x")).isInstanceOf(IllegalArgumentException.class);
    }
}
