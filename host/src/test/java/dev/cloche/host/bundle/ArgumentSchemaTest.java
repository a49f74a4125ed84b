package dev.cloche.host.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentSchemaTest {
    @Test
    void saysAllThatIsWrongWithArguments() {
        ArgumentSchema schema = schema("""
                {"type": "object", "required": ["text"], "properties": {"n": {"type": "integer"}}}""");
        assertThat(schema.check(Payload.text("{\"text\": \"a\", \"n\": 1}"))).isEmpty();
        assertThat(schema.check(Payload.text("{\"n\": \"1\"}")))
                .containsExactly(
                        new Violation("/n", "string found, integer expected", "see the tool's parameters"),
                        new Violation("", "required property 'text' not found", "see the tool's parameters"));
    }

    @Test
    void refusesArgumentsThatAreNoJson() {
        ArgumentSchema schema = schema("{}");
        for (String text : List.of("", "{", "{} {}", "{\"a\": 1, \"a\": 2}", "[".repeat(200) + "]".repeat(200))) {
            assertThat(schema.check(Payload.text(text)))
                    .singleElement()
                    .satisfies(violation -> assertThat(violation.message()).startsWith("is not JSON: "));
        }
    }

    @Test
    void refusesNumbersThatCannotBeCompared() {
        assertThat(schema("{\"type\": \"integer\", \"minimum\": 1}").check(Payload.text("1e99")))
                .containsExactly(new Violation(
                        "", "cannot be checked: a number is beyond all bounds", "see the tool's parameters"));
    }

    @Test
    void doesNotFollowASchemaThatGrowsWithoutEnd() {
        StringBuilder doubling =
                new StringBuilder("{\"properties\": {\"n\": {\"$ref\": \"#/$defs/d0\"}}, \"$defs\": {");
        for (int i = 0; i < 40; i++) {
            String next = "{\"$ref\": \"#/$defs/d" + (i + 1) + "\"}";
            doubling.append("\"d" + i + "\": {\"allOf\": [" + next + "," + next + "]},");
        }
        ArgumentSchema schema = schema(doubling + "\"d40\": {}}}");
        assertThat(schema.check(Payload.text("{\"n\": 1}")))
                .containsExactly(new Violation(
                        "",
                        "cannot be checked: the schema takes too many steps, max=100000 depth-max=128",
                        "see the tool's parameters"));
        assertThat(schema.check(Payload.text("{\"m\": 1}"))).isEmpty();
    }

    @Test
    void givesUpAPatternThatTakesTooManySteps() {
        ArgumentSchema schema = schema("{\"pattern\": \"^a*a*a*a*a*b$\"}");
        Violation tooCostly = new Violation(
                "",
                "cannot be checked: a regular expression takes too many steps, max=1000000",
                "see the tool's parameters");
        assertThat(schema.check(Payload.text('"' + "a".repeat(300) + "c\""))).containsExactly(tooCostly);
        assertThat(schema.check(Payload.text("\"aab\""))).isEmpty();
        ArgumentSchema recursive = schema("{\"pattern\": \"^(a|b)*$\"}");
        assertThat(recursive.check(Payload.text('"' + "ab".repeat(400_000) + '"')))
                .containsExactly(tooCostly);
    }

    private static ArgumentSchema schema(String parameters) {
        return ArgumentSchema.of(new Contributions.Tool("tool", "", parameters));
    }
}
