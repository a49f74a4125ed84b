package dev.cloche.host.engine.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.script.SourceMap.Position;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceMapTest {
    /// Line 1: column 1 is a.ts 1:1, column 5 is a.ts 2:3, column 9 nothing. Line 2 empty. Line 3: column 3 is b.ts
    /// 2:3.
    private static final String MAPPINGS = "AAAA,IACE,I;;ECAA";

    private static final String PLAIN =
            "{\"version\":3,\"sources\":[\"a.ts\",\"b.ts\"],\"names\":[],\"mappings\":\"" + MAPPINGS + "\"}";

    @ParameterizedTest
    @CsvSource({"1,1,a.ts,1,1", "1,4,a.ts,1,1", "1,5,a.ts,2,3", "1,8,a.ts,2,3", "3,3,b.ts,2,3", "3,99,b.ts,2,3"})
    void placeBelongsToTheMappingBeforeIt(int line, int column, String source, int sourceLine, int sourceColumn) {
        assertThat(parse(PLAIN).find(line, column)).contains(new Position(source, sourceLine, sourceColumn));
    }

    @Test
    void placeBeforeTheFirstMappingOfALineBelongsToIt() {
        assertThat(parse(PLAIN).find(3, 1)).contains(new Position("b.ts", 2, 3));
    }

    @ParameterizedTest
    @CsvSource({"1,9", "1,100", "2,1", "4,1", "0,1", "2147483647,1"})
    void placeWithoutAMappingIsNotFound(int line, int column) {
        assertThat(parse(PLAIN).find(line, column)).isEmpty();
    }

    @Test
    void fieldsMayComeInAnyOrder() {
        var map = parse("{\"mappings\":\"AAAA\",\"sourceRoot\":\"src/\",\"sources\":[\"a.ts\"],\"version\":3}");

        assertThat(map.problem()).isEmpty();
        assertThat(map.find(1, 1)).contains(new Position("src/a.ts", 1, 1));
    }

    @Test
    void sourceRootIsAFolderWithOrWithoutSlash() {
        assertThat(parse("{\"version\":3,\"sourceRoot\":\"src\",\"sources\":[\"a.ts\"],\"mappings\":\"AAAA\"}")
                        .find(1, 1))
                .contains(new Position("src/a.ts", 1, 1));
    }

    @Test
    void sourceWithoutANameMapsNothing() {
        var map = parse("{\"version\":3,\"sources\":[null],\"mappings\":\"AAAA\"}");

        assertThat(map.problem()).isEmpty();
        assertThat(map.find(1, 1)).isEmpty();
    }

    @Test
    void controlCharactersOfASourceNameAreReplaced() {
        var map = parse("{\"version\":3,\"sources\":[\"a\\n\\u001b[1mb.ts\"],\"mappings\":\"AAAA\"}");

        assertThat(map.find(1, 1)).contains(new Position("a??[1mb.ts", 1, 1));
    }

    @Test
    void guardBeforeTheJsonIsSkipped() {
        assertThat(parse(")]}'\n" + PLAIN).find(1, 1)).contains(new Position("a.ts", 1, 1));
    }

    @Test
    void sourcesContentIsSkipped() {
        String json = "{\"version\":3,\"sourcesContent\":[\"" + "x".repeat(1_000_000) + "\",[{}]],"
                + "\"sources\":[\"a.ts\"],\"mappings\":\"AAAA\"}";

        assertThat(parse(json).find(1, 1)).contains(new Position("a.ts", 1, 1));
    }

    @Test
    void numbersOfManyDigitsAreRead() {
        var map = parse("{\"version\":3,\"sources\":[\"a.ts\"],\"mappings\":\"gqjGAgoi6Dg3oE,KA/ni6D/2oE\"}");

        assertThat(map.find(1, 100_001)).contains(new Position("a.ts", 2_000_001, 70_001));
        assertThat(map.find(1, 100_006)).contains(new Position("a.ts", 2, 2));
    }

    @Test
    void sectionsAreJoined() {
        String json = "{\"version\":3,\"sections\":["
                + "{\"offset\":{\"line\":0,\"column\":0},\"map\":" + PLAIN + "},"
                + "{\"offset\":{\"line\":2,\"column\":10},\"map\":"
                + "{\"version\":3,\"sources\":[\"c.ts\"],\"mappings\":\"EAAA;CAAC\"}}]}";
        var map = parse(json);

        assertThat(map.problem()).isEmpty();
        assertThat(map.find(1, 5)).contains(new Position("a.ts", 2, 3));
        assertThat(map.find(3, 10)).contains(new Position("b.ts", 2, 3));
        assertThat(map.find(3, 11)).isEmpty();
        assertThat(map.find(3, 13)).contains(new Position("c.ts", 1, 1));
        assertThat(map.find(4, 2)).contains(new Position("c.ts", 1, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{|it is not JSON",
                "[]|it is not a JSON object",
                "``|it is not a JSON object",
                "{\"sources\":[],\"mappings\":\"\"}|its version is not 3",
                "{\"version\":2,\"sources\":[],\"mappings\":\"\"}|its version is not 3",
                "{\"version\":\"3\",\"sources\":[],\"mappings\":\"\"}|version is not a whole number",
                "{\"version\":3,\"sources\":[]}|it has neither mappings nor sections",
                "{\"version\":3,\"sources\":{},\"mappings\":\"\"}|sources is not an array",
                "{\"version\":3,\"sources\":[1],\"mappings\":\"\"}|a source is not a string",
                "{\"version\":3,\"sources\":[],\"mappings\":[]}|mappings is not a string",
                "{\"version\":3,\"sources\":[],\"mappings\":\"AAAA\"}|a mapping names no source, index=0",
                "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AAAD\"}|a mapping's source column is out of range",
                "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AA\"}|a mapping is malformed, position=2",
                "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"A!\"}|a mapping is malformed, position=1",
                "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"gggggggggggg\"}|a mapping is malformed",
                "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AAAAAA\"}|a mapping has too many numbers",
                "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"CAAA,DAAA\"}|its mappings are not in the order",
                "{\"version\":3,\"sections\":[1]}|a section is not an object",
                "{\"version\":3,\"sections\":[{}]}|a section has no map",
                "{\"version\":3,\"sections\":[{\"map\":{}}]}|a section's map comes without an offset before it",
                "{\"version\":3,\"sections\":[{\"offset\":{\"line\":0,\"column\":0},\"map\":{\"sections\":[]}}]}"
                        + "|a section has sections",
            })
    void unusableMapIsEmptyAndSaysWhy(String json, String problem) {
        var map = parse(json);

        assertThat(map.problem()).hasValueSatisfying(text -> assertThat(text).startsWith(problem));
        assertThat(map.find(1, 1)).isEmpty();
    }

    @Test
    void sectionsOutOfOrderAreRefused() {
        String section = "{\"offset\":{\"line\":%d,\"column\":0},\"map\":" + PLAIN + "}";
        String json = "{\"version\":3,\"sections\":[" + section.formatted(5) + "," + section.formatted(4) + "]}";

        assertThat(parse(json).problem())
                .hasValueSatisfying(text -> assertThat(text).contains("not in the order"));
    }

    @Test
    void offsetFarOutTakesNoRoom() {
        String json = "{\"version\":3,\"sections\":[{\"offset\":{\"line\":2147483646,\"column\":0},\"map\":"
                + "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AAAA;AAAA;AAAA\"}}]}";

        assertThat(parse(json).problem()).contains("it has too many lines");
    }

    @Test
    void mapAboveTheLimitIsNotRead() {
        var map = SourceMap.parse(Payload.wrap(new byte[SourceMap.BYTES_MAX + 1]));

        assertThat(map.problem())
                .contains("it is too large, bytes=" + (SourceMap.BYTES_MAX + 1) + ", max=" + SourceMap.BYTES_MAX);
    }

    @Test
    void tooManyMappingsAreRefused() {
        String json = "{\"version\":3,\"sources\":[],\"mappings\":\"" + "A,".repeat(SourceMapSegments.SEGMENTS_MAX + 1)
                + "\"}";

        assertThat(parse(json).problem()).contains("it has too many mappings, max=" + SourceMapSegments.SEGMENTS_MAX);
    }

    @Test
    void damagedMapsNeverThrow() {
        long seed = 0x5eed;
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Payload.text(PLAIN).toByteArray();
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(32, 127);
            }
            var map = SourceMap.parse(Payload.wrap(bytes));
            var position = map.find(random.nextInt(5), random.nextInt(20));
            assertThat(map.problem().isPresent() && position.isPresent())
                    .as("seed=%d, round=%d", seed, i)
                    .isFalse();
        }
    }

    private static SourceMap parse(String json) {
        return SourceMap.parse(Payload.text(json));
    }
}
