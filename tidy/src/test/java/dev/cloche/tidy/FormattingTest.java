package dev.cloche.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.FormatterException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormattingTest {
    private static final String MEND = "mvn -q -pl tidy compile exec:exec@format";

    @Test
    void everySourceIsFormatted() {
        Repository repository = Repository.here();
        JavaStyle style = new JavaStyle();
        List<String> unformatted = new ArrayList<>();
        for (Path file : repository.files(".java")) {
            String source = Repository.read(file);
            if (!formatted(style, source).equals(source)) {
                unformatted.add(repository.nameOf(file));
            }
        }
        assertThat(unformatted).as("not formatted; mend with: " + MEND).isEmpty();
    }

    @Test
    void wrapsALongMarkdownCommentIntoAMarkdownComment() throws FormatterException {
        String words = "word ".repeat(22).strip();
        String source = "class A {\n    /// " + words + " last and least\n    ///\n    /// End.\n    int a;\n}\n";
        String expected =
                "class A {\n    /// " + words + "\n    /// last and least\n    ///\n    /// End.\n    int a;\n}\n";
        assertThat(new JavaStyle().format(source)).isEqualTo(expected);
        assertThat(new JavaStyle().format(expected)).isEqualTo(expected);
    }

    @Test
    void keepsAnImportThatOnlyACommentNeeds() throws FormatterException {
        String source = "import java.util.List;\n\n/// See [List].\nclass A {}\n";
        assertThat(new JavaStyle().format(source)).isEqualTo(source);
    }

    private static String formatted(JavaStyle style, String source) {
        try {
            return style.format(source);
        } catch (FormatterException e) {
            return "cannot be parsed: " + e.getMessage();
        }
    }
}
