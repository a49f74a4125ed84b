package dev.cloche.bench.attack;

import static dev.cloche.bench.attack.RawModule.CODE;
import static dev.cloche.bench.attack.RawModule.CUSTOM;
import static dev.cloche.bench.attack.RawModule.DATA;
import static dev.cloche.bench.attack.RawModule.ELEMENT;
import static dev.cloche.bench.attack.RawModule.EXPORT;
import static dev.cloche.bench.attack.RawModule.FUNCTION;
import static dev.cloche.bench.attack.RawModule.GLOBAL;
import static dev.cloche.bench.attack.RawModule.IMPORT;
import static dev.cloche.bench.attack.RawModule.MEMORY;
import static dev.cloche.bench.attack.RawModule.NOTHING_TYPE;
import static dev.cloche.bench.attack.RawModule.START;
import static dev.cloche.bench.attack.RawModule.TABLE;
import static dev.cloche.bench.attack.RawModule.TAG;
import static dev.cloche.bench.attack.RawModule.TYPE;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/// Modules that are hostile before they run: to whoever parses, checks, rewrites and compiles them.
final class Bombs {
    private static final String REFUSED = "refused";
    private static final String LARGE = "functions too large";
    private static final String NUMEROUS = "too many of everything";
    private static final String MALFORMED = "malformed modules";
    private static final int MANY = 200_000;
    private static final long LIE = 0xffff_ffffL;
    private static final int I32 = 0x7f;

    private Bombs() {}

    static List<Attack> all() {
        return Stream.of(
                        branches(),
                        sizes(),
                        declarations(),
                        segments(),
                        lies(),
                        invalid(),
                        features(),
                        List.of(poisonous()))
                .flatMap(List::stream)
                .toList();
    }

    private static Attack bomb(String name, String family, String tries, Attack.Maker maker, String... expected) {
        List<String> outcomes = expected.length == 0 ? List.of(REFUSED) : Arrays.asList(expected);
        return new Attack(
                "module/" + name,
                family,
                tries,
                new Attack.Code.Module(maker),
                "{\"timeout\":\"2s\",\"memory\":\"1MiB\"}",
                "",
                Attack.Before.NOTHING,
                false,
                false,
                outcomes.stream().map(Expectation::parse).toList(),
                Optional.empty());
    }

    /// A number a little above the one given, of its own for each seed.
    private static int above(int number, long seed) {
        return number + new Random(seed).nextInt(1_000);
    }

    private static byte[] number(long value) {
        var out = new ByteArrayOutputStream();
        Leb.unsigned(out, value);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] repeated(int times, int... bytes) {
        byte[] part = RawModule.bytesOf(bytes);
        byte[] all = new byte[times * part.length];
        for (int i = 0; i < times; i++) {
            System.arraycopy(part, 0, all, i * part.length, part.length);
        }
        return all;
    }

    private static byte[] withFunction(byte[]... localsAndCode) {
        return new RawModule().function(NOTHING_TYPE, joined(localsAndCode)).bytes();
    }

    private static List<Attack> branches() {
        byte[] noLocals = {0};
        return List.of(
                bomb("br-table", LARGE, "has a branch table of thirty thousand targets", seed -> {
                    int targets = above(30_000, seed);
                    return withFunction(
                            noLocals, RawModule.bytesOf(0x41, 0, 0x0e), number(targets), repeated(targets + 1, 0));
                }),
                bomb("br-tables", LARGE, "has a hundred branch tables of a thousand targets", seed -> {
                    byte[] table = joined(
                            RawModule.bytesOf(0x02, 0x40, 0x41, 0, 0x0e),
                            number(1_000),
                            repeated(1_001, 0),
                            new byte[] {0x0b});
                    byte[][] parts = new byte[above(110, seed % 2)][];
                    Arrays.fill(parts, table);
                    parts[0] = noLocals;
                    return withFunction(parts);
                }),
                bomb(
                        "locals",
                        LARGE,
                        "has a function of a hundred thousand variables",
                        seed -> withFunction(new byte[] {1}, number(above(100_000, seed)), new byte[] {I32})),
                bomb(
                        "locals-overflow",
                        LARGE,
                        "has a function whose variables are more than can be counted",
                        seed -> withFunction(
                                new byte[] {2}, number(LIE), new byte[] {I32}, number(LIE), new byte[] {I32})),
                bomb("nesting", LARGE, "has twenty thousand blocks within each other", seed -> {
                    int depth = above(20_000, seed);
                    return withFunction(noLocals, repeated(depth, 0x02, 0x40), repeated(depth, 0x0b));
                }),
                bomb("nested-ifs", LARGE, "has ten thousand conditions within each other", seed -> {
                    int depth = above(10_000, seed);
                    return withFunction(noLocals, repeated(depth, 0x41, 0, 0x04, 0x40), repeated(depth, 0x0b));
                }),
                bomb("operands", LARGE, "has twenty thousand operands on the stack at once", seed -> {
                    int depth = above(20_000, seed);
                    return withFunction(noLocals, repeated(depth, 0x41, 0), repeated(depth, 0x1a));
                }));
    }

    private static List<Attack> sizes() {
        byte[] noLocals = {0};
        return List.of(
                bomb(
                        "giant-function",
                        LARGE,
                        "has one function of three million instructions",
                        seed -> withFunction(noLocals, repeated(above(1_500_000, seed), 0x41, 0, 0x1a))),
                bomb("parameters", LARGE, "has a function of two thousand parameters", seed -> {
                    int parameters = above(2_000, seed);
                    return new RawModule()
                            .add(
                                    TYPE,
                                    joined(new byte[] {0x60}, number(parameters), repeated(parameters, I32), noLocals))
                            .function(3, noLocals)
                            .bytes();
                }),
                bomb("results", LARGE, "has a function of two thousand results", seed -> {
                    int results = above(2_000, seed);
                    return new RawModule()
                            .add(TYPE, joined(new byte[] {0x60, 0}, number(results), repeated(results, I32)))
                            .function(3, joined(noLocals, repeated(results, 0x41, 0)))
                            .bytes();
                }));
    }

    private static List<Attack> declarations() {
        List<Attack> attacks = new ArrayList<>();
        attacks.add(bomb("types", NUMEROUS, "has two hundred thousand types", seed -> {
            RawModule module = new RawModule();
            for (int i = 0; i < above(MANY, seed); i++) {
                int bits = i;
                int[] type = new int[21];
                type[0] = 0x60;
                type[1] = 18;
                for (int j = 0; j < 18; j++) {
                    type[2 + j] = I32 - ((bits >> j) & 1);
                }
                module.add(TYPE, type);
            }
            return module.bytes();
        }));
        attacks.add(bomb(
                "functions",
                NUMEROUS,
                "has two hundred thousand functions",
                seed -> new RawModule()
                        .repeat(FUNCTION, above(MANY, seed), NOTHING_TYPE)
                        .repeat(CODE, above(MANY, seed), 2, 0, 0x0b)
                        .bytes()));
        attacks.add(bomb("imports", NUMEROUS, "has two hundred thousand imports", seed -> {
            byte[] item = joined(RawModule.name("cloche"), RawModule.name("read", 0, 0));
            RawModule module = new RawModule();
            for (int i = 0; i < above(MANY, seed); i++) {
                module.add(IMPORT, item);
            }
            return module.bytes();
        }));
        attacks.add(bomb("exports", NUMEROUS, "has two hundred thousand exports", seed -> {
            RawModule module = new RawModule();
            for (int i = 0; i < above(MANY, seed); i++) {
                module.export("e" + i, 0, 0);
            }
            return module.bytes();
        }));
        attacks.add(bomb(
                "globals",
                NUMEROUS,
                "has two hundred thousand globals",
                seed -> new RawModule()
                        .repeat(GLOBAL, above(MANY, seed), I32, 1, 0x41, 0, 0x0b)
                        .bytes()));
        return attacks;
    }

    private static List<Attack> segments() {
        List<Attack> attacks = new ArrayList<>();
        attacks.add(bomb(
                "data-segments",
                NUMEROUS,
                "has two hundred thousand data segments",
                seed -> new RawModule()
                        .repeat(DATA, above(MANY, seed), 0, 0x41, 0, 0x0b, 1, 7)
                        .bytes()));
        attacks.add(bomb(
                "element-segments",
                NUMEROUS,
                "has two hundred thousand element segments",
                seed -> new RawModule()
                        .add(TABLE, 0x70, 0, 8)
                        .repeat(ELEMENT, above(MANY, seed), 0, 0x41, 0, 0x0b, 1, 0)
                        .bytes()));
        attacks.add(bomb(
                "tables",
                NUMEROUS,
                "has two thousand tables",
                seed -> new RawModule()
                        .repeat(TABLE, above(2_000, seed), 0x70, 0, 100)
                        .bytes()));
        attacks.add(bomb("custom-sections", NUMEROUS, "has two hundred thousand custom sections", seed -> {
            RawModule module = new RawModule();
            for (int i = 0; i < above(MANY, seed); i++) {
                module.behind(CUSTOM, RawModule.name("x"));
            }
            return module.bytes();
        }));
        attacks.add(bomb(
                "custom-section",
                NUMEROUS,
                "has a custom section of twenty megabytes",
                seed -> new RawModule()
                        .behind(CUSTOM, joined(RawModule.name("x"), new byte[above(20_000_000, seed)]))
                        .bytes()));
        attacks.add(bomb(
                "names",
                NUMEROUS,
                "has a name section that names functions a million times",
                seed -> {
                    byte[] names = joined(number(1_000_000), repeated(above(1_000_000, seed), 0, 1, 'x'));
                    var section = new ByteArrayOutputStream();
                    section.writeBytes(RawModule.name("name", 1));
                    Leb.sized(section, names);
                    return new RawModule().behind(CUSTOM, section.toByteArray()).bytes();
                },
                REFUSED,
                "ok"));
        return attacks;
    }

    private static Attack poisonous() {
        return bomb(
                "cache-names",
                "cache poisoning",
                "has sections and exports under the names of what the cache keeps beside its classes",
                seed -> {
                    RawModule module = new RawModule();
                    for (String name : List.of("module.wasm", "interpreted.txt", "fuel.txt", "../../state.db")) {
                        module.export(name, 0, 0).behind(CUSTOM, RawModule.name(name, 1, 2, 3));
                    }
                    return module.bytes();
                },
                "ok",
                REFUSED);
    }

    private static List<Attack> lies() {
        List<Attack> attacks = new ArrayList<>();
        int[] sections = {TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, ELEMENT, CODE, DATA};
        attacks.add(bomb(
                "lying-count",
                MALFORMED,
                "says that a section has four billion items",
                seed -> new RawModule()
                        .count(sections[new Random(seed).nextInt(sections.length)], LIE)
                        .bytes()));
        attacks.add(bomb("lying-size", MALFORMED, "says that a section has two gigabytes", seed -> {
            byte[] sound = new RawModule().bytes();
            return joined(sound, new byte[] {CUSTOM}, number(0x7fff_ffff), new byte[16]);
        }));
        attacks.add(bomb("truncated", MALFORMED, "ends in the middle", seed -> {
            byte[] sound = new RawModule().bytes();
            return Arrays.copyOf(sound, 9 + new Random(seed).nextInt(sound.length - 20));
        }));
        attacks.add(bomb("endless-number", MALFORMED, "has a number that does not end", seed -> {
            byte[] sound = new RawModule().bytes();
            return joined(Arrays.copyOf(sound, 8), new byte[] {TYPE}, repeated(above(1_000, seed), 0xff));
        }));
        attacks.add(bomb("noise", MALFORMED, "is noise behind a header", seed -> {
            byte[] noise = new byte[above(10_000, seed)];
            new Random(seed).nextBytes(noise);
            return joined(Arrays.copyOf(new RawModule().bytes(), 8), noise);
        }));
        attacks.add(bomb(
                "changed-bytes",
                MALFORMED,
                "is a sound module of which a few bytes are changed",
                seed -> {
                    byte[] bytes =
                            new RawModule().function(NOTHING_TYPE, 0, 0x01).bytes();
                    Random random = new Random(seed);
                    for (int i = 0; i < 3; i++) {
                        bytes[8 + random.nextInt(bytes.length - 8)] ^= (byte) (1 << random.nextInt(8));
                    }
                    return bytes;
                },
                REFUSED,
                "ok .*",
                "error .*",
                "trapped .*",
                "exhausted .*",
                "timed-out"));
        return attacks;
    }

    private static List<Attack> invalid() {
        List<Attack> attacks = new ArrayList<>();
        attacks.add(bomb(
                "start-beyond",
                MALFORMED,
                "starts with a function that it does not have",
                seed -> new RawModule().count(START, above(100, seed)).bytes()));
        attacks.add(bomb(
                "export-beyond",
                MALFORMED,
                "exports what it does not have",
                seed -> new RawModule().export("x", (int) (seed & 3), 99).bytes()));
        attacks.add(bomb(
                "export-twice",
                MALFORMED,
                "exports two things under one name",
                seed -> new RawModule().export("memory", 0, 0).bytes()));
        attacks.add(bomb(
                "branch-beyond",
                MALFORMED,
                "branches out of its function",
                seed -> withFunction(RawModule.bytesOf(0, 0x0c), number(above(100, seed)))));
        attacks.add(bomb(
                "stack-below",
                MALFORMED,
                "takes from an empty operand stack",
                seed -> withFunction(RawModule.bytesOf(0, 0x6a, 0x1a))));
        attacks.add(bomb(
                "local-beyond",
                MALFORMED,
                "reads a variable that it does not have",
                seed -> withFunction(RawModule.bytesOf(0, 0x20), number(above(100, seed)), new byte[] {0x1a})));
        return attacks;
    }

    private static List<Attack> features() {
        String family = "features without a budget";
        return List.of(
                bomb(
                        "two-memories",
                        family,
                        "has a second memory",
                        seed -> new RawModule().add(MEMORY, 0, 1).bytes()),
                bomb(
                        "shared-memory",
                        family,
                        "has memory that threads share",
                        seed -> new RawModule().add(MEMORY, 3, 1, 1).bytes()),
                bomb(
                        "memory64",
                        family,
                        "has memory of 64-bit addresses",
                        seed -> new RawModule().add(MEMORY, 4, 1).bytes()),
                bomb(
                        "exceptions",
                        family,
                        "declares an exception",
                        seed -> new RawModule()
                                .behind(TAG, RawModule.bytesOf(1, 0, NOTHING_TYPE))
                                .bytes()),
                bomb(
                        "garbage-collected",
                        family,
                        "declares a type that lives on the host's heap",
                        seed -> new RawModule().add(TYPE, 0x5f, 1, I32, 1).bytes()),
                bomb(
                        "atomics",
                        family,
                        "waits on an address as threads do",
                        seed -> withFunction(RawModule.bytesOf(0, 0x41, 0, 0x41, 0, 0x42, 0, 0xfe, 0x01, 2, 0, 0x1a))),
                bomb(
                        "foreign-imports",
                        family,
                        "imports functions that the host does not offer",
                        seed -> new RawModule()
                                .add(IMPORT, joined(RawModule.name("java.lang"), RawModule.name("System.exit", 0, 0)))
                                .bytes()));
    }
}
