package dev.cloche.host.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTest {
    @Test
    void isReadBackFromItsText() {
        Entry entry = Entry.filter("comment.before-save");
        assertThat(entry).hasToString("filter:comment.before-save");
        assertThat(Entry.parse("filter:comment.before-save")).isEqualTo(entry);
    }

    @Test
    void keepsFurtherColonsInTheName() {
        assertThat(Entry.parse("tool:a:b")).isEqualTo(Entry.tool("a:b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "render", ":render", "verb:render", "COMMAND:render"})
    void refusesTextWithoutAKnownKind(String text) {
        assertThatThrownBy(() -> Entry.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("entry=" + text);
    }

    @Test
    void refusesAnEmptyName() {
        assertThatThrownBy(() -> Entry.parse("tool:"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kind=tool");
    }
}
