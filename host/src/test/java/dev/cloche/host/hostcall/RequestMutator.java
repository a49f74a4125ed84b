package dev.cloche.host.hostcall;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Requests that are right or nearly so, from a seed.
public final class RequestMutator {
    private static final List<String> ODD_VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1",
            "-1",
            "00",
            "01",
            "-01",
            "1.0",
            "1.",
            "1e2",
            "1E+2",
            "1e-0",
            ".5",
            "+1",
            "-",
            "1e",
            "1e+",
            "- 1",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e400",
            "-1e400",
            "100",
            "999",
            "1000",
            "1001",
            "65536",
            "65537",
            "2147483647",
            "2147483648",
            "-2147483648",
            "-2147483649",
            "9999999999",
            "99999999999",
            "100000000000",
            "9223372036854775808",
            "\"\"",
            "\"x\"",
            "\"\\u0000\"",
            "\"\\u0001\\u001f\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "\"\ud83d\ude00\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12G4\"",
            "\"\\u\u0661\u0661\u0661\u0661\"",
            "\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"",
            "\"a\tb\"",
            "\"a\nb\"",
            "\"a\u007f\u0080\u2028\"",
            "\"a",
            "a\"",
            "'a'",
            "\"\\'\"",
            "[]",
            "{}",
            "[[]]",
            "[[\"a\",\"b\"]]",
            "[[\"a\"]]",
            "[[\"a\",\"b\",\"c\"]]",
            "[[\"a\",1]]",
            "[[\"a\",null]]",
            "[[\"\",\"\"]]",
            "[\"a\",\"b\"]",
            "[[\"content-type\",\"x\"],[\"x\\ud800\",\"y\"]]",
            "[null]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[",
            "]",
            "{",
            "{\"a\":1,}",
            "{\"a\":1,\"a\":2}",
            "{a:1}",
            "{\"a\"}",
            "{\"a\":}",
            "{1:2}",
            "//x\n1",
            "/*x*/1",
            "#x\n1",
            "1//",
            "undefined",
            "truex",
            "nulll",
            "tru",
            "TRUE",
            "0x10",
            "1_000",
            "\u00a01",
            "\ufeff1",
            "\uff11",
            "\u0661",
            "",
            " ",
            ",",
            ":",
            "1 ",
            "\"http://10.0.0.1/\"",
            "\"GET\"",
            "\"TRACE\"",
            "\"info\"",
            "\"INFO\"");

    private static final List<String> SPACES =
            List.of(" ", "\t", "\n", "\r", "\r\n ", "\f", "\u000b", "\u00a0", "\u2028", "\ufeff", "\u0000", "\u001e");

    private static final List<String> NAMES = List.of(
            "",
            "x",
            "Key",
            "key ",
            "ke",
            "keys",
            "k\\u0065y",
            "valu\\u0065",
            "\\u0000",
            "\\ud800",
            "name",
            "key",
            "value",
            "count",
            "limit",
            "after",
            "prefix",
            "level",
            "message",
            "url",
            "method",
            "headers",
            "tool",
            "extension");

    private static final List<String> TAILS =
            List.of("x", "{}", "}", "]", ",", "null", "//", "/**/", "\u0000", "\ufeff", "\n\n", " ", "\"");

    private static final int[] LENGTHS = {1, 2, 199, 200, 201, 511, 512, 513, 1_023, 1_024, 1_025, 16_300, 16_400};
    private static final int[] NUMBER_LENGTHS = {11, 12, 1_000, 1_001, 5_000};
    private static final int[] DEPTHS = {1, 2, 196, 197, 198, 199, 200, 201, 202, 1_000};
    private static final byte[][] BAD_UTF_8 = {
        {(byte) 0x80},
        {(byte) 0xc0, (byte) 0x80},
        {(byte) 0xe2, (byte) 0x82},
        {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
        {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
        {(byte) 0xff},
        {(byte) 0xfe, (byte) 0xff},
        {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}
    };

    private final Random random;

    public RequestMutator(long seed) {
        random = new Random(seed);
    }

    private boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    public <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private int any(int[] numbers) {
        return numbers[random.nextInt(numbers.length)];
    }

    /// One object whose fields have some of these values, as JSON, with or without something wrong with it.
    ///
    /// @param fields good values of each field there may be
    public byte[] json(Map<String, List<String>> fields) {
        List<Map.Entry<String, String>> chosen = new ArrayList<>();
        fields.forEach((name, values) -> chosen.add(Map.entry(name, any(values))));
        for (int change = random.nextInt(3); change > 0; change--) {
            change(chosen);
        }
        boolean spaced = oneIn(4);
        String text = chosen.stream()
                .map(field -> space(spaced) + "\"" + field.getKey() + "\"" + space(spaced) + ":" + space(spaced)
                        + field.getValue() + space(spaced))
                .collect(Collectors.joining(",", space(spaced) + "{", "}" + space(spaced)));
        if (oneIn(20)) {
            text = oneIn(2) ? text + any(TAILS) : any(TAILS) + text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return oneIn(8) ? bytes(bytes) : bytes;
    }

    private String space(boolean spaced) {
        return !spaced || oneIn(2) ? "" : oneIn(3) ? any(SPACES) : " ";
    }

    private void change(List<Map.Entry<String, String>> fields) {
        int at = fields.isEmpty() ? 0 : random.nextInt(fields.size());
        switch (random.nextInt(fields.isEmpty() ? 1 : 8)) {
            case 0 -> fields.add(at, Map.entry(any(NAMES), odd()));
            case 1 -> fields.remove(at);
            case 2 -> fields.add(fields.get(at));
            case 3 -> fields.set(at, Map.entry(any(NAMES), fields.get(at).getValue()));
            default -> fields.set(at, Map.entry(fields.get(at).getKey(), odd()));
        }
    }

    /// A value that may or may not be JSON, and hardly ever what is wanted.
    public String odd() {
        return switch (random.nextInt(24)) {
            case 0 -> nested(any(DEPTHS));
            case 1 -> '"' + text(any(LENGTHS)) + '"';
            case 2 -> number(any(NUMBER_LENGTHS));
            case 3 -> oneIn(20) ? "{\"" + "n".repeat(50_000 + random.nextInt(2)) + "\":1}" : "{\"n\":1}";
            case 4 -> oneIn(20) ? colliding() : "[{}]";
            case 5 -> oneIn(100) ? '"' + "x".repeat((1 << 20) - 4 + random.nextInt(8)) + '"' : "\"y\"";
            default -> any(ODD_VALUES);
        };
    }

    private String nested(int depth) {
        boolean broken = oneIn(8);
        StringBuilder open = new StringBuilder();
        StringBuilder close = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            boolean array = oneIn(2);
            open.append(array ? "[" : "{\"a\":");
            close.insert(0, array ? ']' : '}');
        }
        return open + "1" + (broken ? close.substring(1) : close);
    }

    private String text(int length) {
        String unit = any(List.of("x", "\u00e9", "\u20ac", "\ud83d\ude00", "\\n", "\\u0041", "\\ud83d\\ude00"));
        return unit.repeat(Math.max(1, length / (oneIn(2) ? 1 : unit.getBytes(StandardCharsets.UTF_8).length)));
    }

    private String number(int digits) {
        String many = "1".repeat(digits);
        return switch (random.nextInt(6)) {
            case 0 -> many;
            case 1 -> "-" + many;
            case 2 -> "0." + many.substring(1);
            case 3 -> many.substring(4) + ".25";
            case 4 -> "1e" + many.substring(1);
            default -> "-1." + many.substring(3) + "E-1";
        };
    }

    /// An object of many names that a hash of the kind `31 * h + c` or `33 * h + c` cannot tell apart.
    private String colliding() {
        String[] pair = oneIn(2) ? new String[] {"Aa", "BB"} : new String[] {"BC", "C\\\""};
        return IntStream.range(0, 256)
                .mapToObj(i -> "\""
                        + IntStream.range(0, 8)
                                .mapToObj(bit -> pair[i >> bit & 1])
                                .collect(Collectors.joining())
                        + "\":" + i)
                .collect(Collectors.joining(",", "{", "}"));
    }

    /// Bytes with something wrong with them.
    public byte[] bytes(byte[] right) {
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        int at = random.nextInt(right.length + 1);
        int end = at + random.nextInt(Math.min(9, right.length - at + 1));
        switch (random.nextInt(6)) {
            case 0 -> changed.writeBytes(Arrays.copyOf(right, at));
            case 1 -> {
                changed.write(right, 0, at);
                changed.writeBytes(BAD_UTF_8[random.nextInt(BAD_UTF_8.length)]);
                changed.write(right, at, right.length - at);
            }
            case 2 -> {
                changed.write(right, 0, at);
                changed.write(random.nextInt(256));
                changed.write(right, end, right.length - end);
            }
            case 3 -> {
                changed.write(right, 0, end);
                changed.write(right, at, right.length - at);
            }
            case 4 -> {
                changed.writeBytes(BAD_UTF_8[random.nextInt(BAD_UTF_8.length)]);
                changed.writeBytes(right);
            }
            default -> {
                changed.write(right, 0, at);
                changed.write(right, end, right.length - end);
            }
        }
        return changed.toByteArray();
    }

    /// A length in four bytes, the header and what follows it; the length is not always the header's.
    public byte[] framed(byte[] header, byte[] rest) {
        int length = switch (random.nextInt(16)) {
            case 0 -> header.length + rest.length;
            case 1 -> header.length + rest.length + 1;
            case 2 -> header.length - 1;
            case 3 -> header.length + 1;
            case 4 -> any(List.of(0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 16, (1 << 16) + 1));
            default -> header.length;
        };
        byte[] framed = ByteBuffer.allocate(Integer.BYTES + header.length + rest.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .put(header)
                .put(rest)
                .array();
        return oneIn(12) ? Arrays.copyOf(framed, random.nextInt(8)) : oneIn(12) ? bytes(framed) : framed;
    }
}
