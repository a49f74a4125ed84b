package dev.cloche.host.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cloche.host.call.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The table of bad zips: for each the full text of every violation.
class BadZipTest {
    private static final String MANIFEST = """
            {"apiVersion":"cloche.dev/v1","name":"hello","version":"1.0.0","kind":"script","entry":"main.js"}""";
    private static final String REMAKE =
            "; make the zip again, for example with `zip -r bundle.zip .` in the bundle's folder";
    private static final String RELATIVE = "; write a path relative to the bundle, for example \"dist/main.js\"";

    private static final List<Case> CASES = new ArrayList<>();

    /// One row of the table.
    record Case(String name, Payload zip, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static void row(String name, byte[] zip, String... expected) {
        CASES.add(new Case(name, Payload.wrap(zip), List.of(expected)));
    }

    static Stream<Case> cases() {
        if (CASES.isEmpty()) {
            names();
            namesTogether();
            contents();
            kinds();
            bounds();
            ends();
            disagreements();
            files();
            severalFiles();
        }
        return CASES.stream();
    }

    private static void names() {
        named("traversal", "../evil.js", "file:../evil.js: leaves the bundle by \"..\"" + RELATIVE);
        named("traversal inside", "a/../../evil.js", "file:a/../../evil.js: leaves the bundle by \"..\"" + RELATIVE);
        named("absolute path", "/etc/passwd", "file:/etc/passwd: is an absolute path" + RELATIVE);
        named("drive letter", "C:/evil.js", "file:C:/evil.js: begins with a drive letter" + RELATIVE);
        named("stream of a file", "a.js:b", "file:a.js:b: has a colon in its path; rename the file");
        named("backslash", "a\\..\\evil.js", "file:a\\..\\evil.js: has a backslash in its path; write / between names");
        named("NUL", "a\0.js", "file:a\\u0000.js: has a NUL character in its path; rename the file");
        named(
                "control character",
                "a\u001b[2J.js",
                "file:a\\u001b[2J.js: has a control or invisible character in its path; rename the file");
        named(
                "text direction",
                "a\u202egnp.js",
                "file:a\\u202egnp.js: has a control or invisible character in its path; rename the file");
        named("dot name", "./a.js", "file:./a.js: has an empty or \".\" name in its path" + RELATIVE);
        named("empty name", "a//b.js", "file:a//b.js: has an empty or \".\" name in its path" + RELATIVE);
        named(
                "name that ends with a dot",
                "a./b.js",
                "file:a./b.js: has a name that ends with a dot or a space; rename the file");
        named(
                "long path",
                "a".repeat(300),
                "file:" + "a".repeat(300) + ": is longer than a path may be, bytes=300 max=255; use shorter names");
        named(
                "deep path",
                "a/".repeat(16) + "b",
                "file:" + "a/".repeat(16) + "b: lies too deep, names=17 max=16; use fewer folders");
        named(
                "case clash",
                "MAIN.js",
                "file:main.js: differs from another file only in upper and lower case or accents, "
                        + "other=\"MAIN.js\"; rename one of them");
        named(
                "file that is a folder too",
                "main.js/a.js",
                "file:main.js/a.js: lies in a folder that is also a file, file=\"main.js\"; rename one of them");
    }

    private static void namesTogether() {
        Map<String, byte[]> accents = good();
        accents.put("caf\u00e9.js", bytes("1"));
        accents.put("cafe\u0301.js", bytes("1"));
        row(
                "two forms of an accent",
                TestBundles.stored(accents),
                "file:caf\u00e9.js: differs from another file only in upper and lower case or accents, "
                        + "other=\"cafe\u0301.js\"; rename one of them");
        byte[] twice = TestBundles.stored(with("mbin.js", "2"));
        replaceAll(twice, "mbin.js", "main.js");
        row("name twice", twice, "file:main.js: is in the zip twice; make the zip again with one of them");
        byte[] latin = TestBundles.stored(with("m\u00fc.js", "2"));
        replaceAll(
                latin,
                "m\u00fc.js",
                new String(new byte[] {'m', (byte) 0xFC, 'x', '.', 'j', 's'}, StandardCharsets.ISO_8859_1));
        row(
                "name that is not UTF-8",
                latin,
                "file:.: has a name that is not UTF-8, name=\"m\u00fcx.js\"; "
                        + "use plain ASCII names, or a zip tool that writes UTF-8");
        row(
                "name that is not marked",
                changed(TestBundles.stored(with("m\u00fc.js", "2")), "m\u00fc.js", zip -> {
                    zip.set(Field.FLAGS, 0);
                }),
                "file:.: has a name beyond ASCII that is not marked as UTF-8, name=\"m\u00fc.js\"; use "
                        + "plain ASCII names, or a zip tool that writes UTF-8");
    }

    private static void named(String name, String path, String expected) {
        row(name, TestBundles.stored(with(path, "1")), expected);
    }

    private static void contents() {
        row(
                "encrypted",
                main(zip -> zip.set(Field.FLAGS, 1)),
                "file:.: has an encrypted entry, entry=\"main.js\"; make the zip again without a password");
        row(
                "encrypted names",
                main(zip -> zip.set(Field.FLAGS, 1 << 13)),
                "file:.: has an encrypted entry, entry=\"main.js\"; make the zip again without a password");
        row(
                "patch",
                main(zip -> zip.set(Field.FLAGS, 1 << 5)),
                "file:main.js: is a patch of another file; put the whole file into the zip");
        row(
                "unsupported method",
                main(zip -> zip.set(Field.METHOD, 12)),
                "file:main.js: is packed by a method that is not read here, method=12; pack it by deflate, "
                        + "or store it");
        row(
                "wrong checksum",
                main(zip -> zip.set(Field.CRC, 7)),
                "file:main.js: has another checksum than the zip says; copy or download the zip again");
        row(
                "wrong size",
                main(zip -> zip.set(Field.SIZE, 2)),
                "file:main.js: has another size than the zip says, bytes=1 said=2; make the zip again");
        row(
                "rubbish for deflated data",
                main(zip -> zip.set(Field.METHOD, 8)),
                "file:main.js: has packed data that end too early; copy or download the zip again");
        byte[] broken = TestBundles.deflated(good());
        broken[Zip.of(broken, "main.js").content()] = (byte) 0xFF;
        row(
                "data that cannot be inflated",
                broken,
                "file:main.js: has packed data that cannot be inflated; copy or download the zip again");
    }

    private static void kinds() {
        row(
                "symbolic link",
                main(zip -> zip.attributes(0120777)),
                "file:main.js: is a symbolic link; put the file itself into the zip");
        row(
                "device",
                main(zip -> zip.attributes(020666)),
                "file:main.js: is neither a plain file nor a folder, type=2; leave it out");
        row(
                "pipe",
                main(zip -> zip.attributes(010666)),
                "file:main.js: is neither a plain file nor a folder, type=1; leave it out");
        row(
                "folder without a slash",
                main(zip -> zip.attributes(040777)),
                "file:main.js: is neither a plain file nor a folder, type=4; leave it out");
        row(
                "folder with content",
                TestBundles.stored(with("lib/", "content")),
                "file:lib/: is a folder with content, bytes=7; make the zip again");
    }

    private static void bounds() {
        Map<String, byte[]> bomb = good();
        bomb.put("zeros.bin", new byte[4 << 20]);
        byte[] zeros = TestBundles.deflated(bomb);
        Zip zip = Zip.of(zeros, "zeros.bin");
        row(
                "bomb by ratio",
                zeros,
                "file:zeros.bin: inflates to more than 200 times its packed size, packed="
                        + zip.buffer.getInt(zip.directory + 20) + "; store it without packing if it is meant to be so");
        Map<String, byte[]> many = good();
        for (int i = 0; i < BundleLimits.FILES_MAX; i++) {
            many.put("f" + i, new byte[0]);
        }
        row(
                "bomb by count",
                TestBundles.stored(many),
                "file:.: has too many entries, entries=4098 max=4096; leave out what the code does not need");
        Map<String, byte[]> large = good();
        large.put("large.bin", new byte[BundleLimits.FILE_BYTES_MAX + 1]);
        row(
                "bomb by size of a file",
                TestBundles.stored(large),
                "file:large.bin: is larger than a file may be, max=33554432; make it smaller");
        Map<String, byte[]> total = good();
        byte[] half = sparse(BundleLimits.FILE_BYTES_MAX);
        for (int i = 0; i < 3; i++) {
            total.put("part" + i, half);
        }
        row(
                "bomb by size of all files",
                TestBundles.deflated(total),
                "file:.: inflates to more than a bundle may have, max=67108864; leave out what the code does not need");
        byte[] liar = TestBundles.deflated(bomb);
        Zip.of(liar, "zeros.bin").set(Field.SIZE, 10);
        row(
                "bomb that says it is small",
                liar,
                "file:.: says two things about an entry, entry=\"zeros.bin\" field=size directory=10 local=4194304"
                        + REMAKE);
    }

    /// Bytes that pack to about a hundredth.
    private static byte[] sparse(int size) {
        byte[] bytes = new byte[size];
        Random random = new Random(1);
        for (int i = 0; i < size; i += 150) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static void ends() {
        byte[] good = TestBundles.stored(good());
        row("empty file", new byte[0], notAZip());
        row("text", bytes("hello"), notAZip());
        row("module", TestBundles.WASM, notAZip());
        row("other archive", bytes("PK is how it begins, but it is none"), notAZip());
        row(
                "truncated",
                Arrays.copyOf(good, good.length - 1),
                "file:.: is a truncated zip: its end record is missing; copy or download it again");
        row(
                "half",
                Arrays.copyOf(good, good.length / 2),
                "file:.: is a truncated zip: its end record is missing; copy or download it again");
        row("data behind", Arrays.copyOf(good, good.length + 3), "file:.: has data behind the zip, bytes=3" + REMAKE);
        byte[] comment = Arrays.copyOf(good, good.length + 3);
        comment[good.length - 2] = 3;
        row("comment", comment, "file:.: has an archive comment, bytes=3" + REMAKE);
        byte[] front = new byte[good.length + 5];
        System.arraycopy(good, 0, front, 5, good.length);
        row("data in front", front, "file:.: has data in front of the zip, bytes=5" + REMAKE);
        row("several parts", end(4, 1), "file:.: is one part of a zip in several parts" + REMAKE);
        row("Zip64 count", end(8, 0xFFFF, 10, 0xFFFF), "file:.: is a Zip64 archive, which no bundle needs" + REMAKE);
        row(
                "fewer entries than said",
                end(8, 3, 10, 3),
                "file:.: has a directory with fewer entries than it says, entries=2 said=3" + REMAKE);
        row(
                "more entries than said",
                end(8, 1, 10, 1),
                "file:.: has data behind the last entry of its directory, bytes=53" + REMAKE);
        row(
                "directory elsewhere",
                end(16, 1),
                "file:.: has a directory that does not end where its end record begins, directory=1+110 end=286"
                        + REMAKE);
        row(
                "no entry at all",
                Arrays.copyOfRange(end(8, 0, 10, 0, 12, 0, 16, 0), good.length - 22, good.length),
                "file:cloche.json: is missing, and every bundle has one; write one; docs/manifest.md has an example");
    }

    private static String notAZip() {
        return "file:.: is not a zip; give a folder with cloche.json in it, or a zip of that folder's content";
    }

    /// A good zip with 16-bit fields of its end record set.
    private static byte[] end(int... offsetsAndValues) {
        byte[] zip = TestBundles.stored(good());
        ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < offsetsAndValues.length; i += 2) {
            buffer.putShort(zip.length - 22 + offsetsAndValues[i], (short) offsetsAndValues[i + 1]);
        }
        return zip;
    }

    private static void disagreements() {
        byte[] otherName = TestBundles.stored(good());
        otherName[Zip.of(otherName, "main.js").local + 30] = 'p';
        row(
                "two names",
                otherName,
                "file:.: says two things about an entry, entry=\"main.js\" field=name directory=\"main.js\" "
                        + "local=\"pain.js\"" + REMAKE);
        row("two methods", local(8, 8, 2), disagreement("method", 0, 8));
        row("two flags", local(6, 2, 2), disagreement("flags", 2048, 2));
        row("two checksums", local(14, 1, 4), disagreement("crc", 0x83dcefb7L, 1));
        row("two packed sizes", local(18, 2, 4), disagreement("packed", 1, 2));
        row("two sizes", local(22, 9, 4), disagreement("size", 1, 9));
        byte[] moved = TestBundles.stored(good());
        Zip.of(moved, "main.js").set(Field.OFFSET, 0);
        row(
                "entries that overlap",
                moved,
                "file:.: has entries that overlap, entry=\"main.js\" offset=0 expected=138" + REMAKE);
        byte[] gap = TestBundles.stored(good());
        Zip.of(gap, "cloche.json").set(Field.OFFSET, 1);
        row(
                "bytes between entries",
                gap,
                "file:.: has data between its entries, entry=\"cloche.json\" offset=1 expected=0" + REMAKE);
        byte[] noHeader = TestBundles.stored(good());
        noHeader[Zip.of(noHeader, "main.js").local] = 0;
        row(
                "no header",
                noHeader,
                "file:.: has no entry where its directory says there is one, entry=\"main.js\" offset=138" + REMAKE);
        row(
                "Zip64 size",
                main(zip -> zip.set(Field.SIZE, -1)),
                "file:.: is a Zip64 archive, which no bundle needs" + REMAKE);
        row(
                "entry over the end",
                main(zip -> zip.set(Field.PACKED, 1000)),
                "file:.: has an entry that runs into its directory, entry=\"main.js\"" + REMAKE);
        byte[] descriptor = TestBundles.deflated(good());
        int at = Zip.of(descriptor, "main.js").directoryStart() - 4;
        descriptor[at] = 9;
        row(
                "two sizes behind the content",
                descriptor,
                "file:.: says two things about an entry, entry=\"main.js\" field=size directory=1 local=9" + REMAKE);
        row(
                "second name",
                TestBundles.withExtra(good(), "main.js", new byte[] {0x75, 0x70, 1, 0, 1}),
                "file:.: gives an entry a second name in an extra field, entry=\"main.js\"" + REMAKE);
        row(
                "other encryption",
                TestBundles.withExtra(good(), "main.js", new byte[] {0x01, (byte) 0x99, 0, 0}),
                "file:.: has an encrypted entry, entry=\"main.js\"; make the zip again without a password");
    }

    private static String disagreement(String field, long directory, long local) {
        return "file:.: says two things about an entry, entry=\"main.js\" field=" + field + " directory=" + directory
                + " local=" + local + REMAKE;
    }

    private static void files() {
        Map<String, byte[]> inFolder =
                new TreeMap<>(Map.of("hello/cloche.json", bytes(MANIFEST), "hello/main.js", bytes("1")));
        row(
                "the folder instead of its content",
                TestBundles.stored(inFolder),
                "file:cloche.json: is missing, and every bundle has one; there is \"hello/cloche.json\": "
                        + "zip the folder's content, not the folder");
        content("empty entry", "script", new byte[0], "file:main.js: is empty; build the code again");
        content(
                "script that is not UTF-8",
                "script",
                new byte[] {'a', 'b', (byte) 0xC3, '('},
                "file:main.js: is not UTF-8, byte=2; save it as UTF-8");
        content(
                "module that says it is a script",
                "script",
                TestBundles.WASM,
                "file:main.js: is a WebAssembly module, not a script; write \"kind\": \"wasm\"");
        content(
                "script that says it is a module",
                "wasm",
                bytes("export {}"),
                "file:main.js: is no WebAssembly module, first-bytes=6578706f; name the compiled module, or "
                        + "write \"kind\": \"script\"");
        content(
                "text format",
                "wasm",
                bytes("(module)"),
                "file:main.js: is no WebAssembly module, first-bytes=286d6f64; this is the text format; "
                        + "assemble it first, for example with wat2wasm");
        content(
                "short module",
                "wasm",
                new byte[] {0, 'a'},
                "file:main.js: is no WebAssembly module, first-bytes=0061; name the compiled module, or "
                        + "write \"kind\": \"script\"");
        content(
                "module of version 2",
                "wasm",
                new byte[] {0, 'a', 's', 'm', 2, 0, 0, 0},
                "file:main.js: is a WebAssembly module of an unknown version, version-bytes=02000000; build "
                        + "it for version 1");
        content(
                "component",
                "wasm",
                new byte[] {0, 'a', 's', 'm', 0x0d, 0, 1, 0},
                "file:main.js: is a WebAssembly component; build a core module");
    }

    private static void severalFiles() {
        Map<String, byte[]> beside = good();
        beside.put("lib/a.mjs", new byte[] {(byte) 0xFF});
        row(
                "other script that is not UTF-8",
                TestBundles.stored(beside),
                "file:lib/a.mjs: is not UTF-8, byte=0; save it as UTF-8");
        Map<String, byte[]> all = with("../x.js", "1");
        all.put("cloche.json", bytes(MANIFEST.replace("hello", "Hello")));
        all.put("main.js", new byte[0]);
        row(
                "wrong in path, manifest and code",
                TestBundles.stored(all),
                "file:../x.js: leaves the bundle by \"..\"" + RELATIVE,
                "/name: \"Hello\" does not have the right form; write lower-case words joined by dashes, "
                        + "for example \"word-filter\"",
                "file:main.js: is empty; build the code again");
        Map<String, byte[]> longManifest = good();
        longManifest.put("cloche.json", bytes(MANIFEST + " ".repeat(BundleLimits.MANIFEST_BYTES_MAX)));
        row(
                "manifest too large",
                TestBundles.stored(longManifest),
                "(manifest): is larger than a manifest may be, bytes=262241 max=262144; shorten it");
        Map<String, byte[]> badManifest = good();
        badManifest.put("cloche.json", new byte[] {'{', '"', (byte) 0xE4, '"'});
        row(
                "manifest that is not UTF-8",
                TestBundles.stored(badManifest),
                "(manifest): is not UTF-8, byte=2; save the file as UTF-8 without a byte order mark");
    }

    private static void content(String name, String kind, byte[] code, String expected) {
        row(
                name,
                TestBundles.stored(new TreeMap<>(Map.of(
                        "cloche.json", bytes(MANIFEST.replace("\"script\"", '"' + kind + '"')), "main.js", code))),
                expected);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedWithAllThatIsWrong(Case row) {
        byte[] zip = row.zip.unsafeBytes();
        BundleException refused =
                catchThrowableOfType(BundleException.class, () -> BundleReader.readZip("bad.zip", zip));
        assertThat(refused).as("accepted").isNotNull();
        assertThat(refused.violations().stream().map(Violation::toString).toList())
                .isEqualTo(row.expected);
        assertThat(refused).hasMessage("bad.zip:\n  " + String.join("\n  ", row.expected));
    }

    private static Map<String, byte[]> good() {
        return new TreeMap<>(Map.of("cloche.json", bytes(MANIFEST), "main.js", bytes("1")));
    }

    private static Map<String, byte[]> with(String path, String content) {
        Map<String, byte[]> files = good();
        files.put(path, bytes(content));
        return files;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] main(Consumer<Zip> change) {
        return changed(TestBundles.stored(good()), "main.js", change);
    }

    private static byte[] changed(byte[] zip, String path, Consumer<Zip> change) {
        change.accept(Zip.of(zip, path));
        return zip;
    }

    /// A good zip with a field of the local header of `main.js` set, and its directory left as it is.
    private static byte[] local(int offset, int value, int width) {
        byte[] bytes = TestBundles.stored(good());
        Zip zip = Zip.of(bytes, "main.js");
        if (width == 2) {
            zip.buffer.putShort(zip.local + offset, (short) value);
        } else {
            zip.buffer.putInt(zip.local + offset, value);
        }
        return bytes;
    }

    private static void replaceAll(byte[] zip, String from, String to) {
        byte[] old = bytes(from);
        byte[] replacement = to.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i + old.length <= zip.length; i++) {
            if (Arrays.equals(zip, i, i + old.length, old, 0, old.length)) {
                System.arraycopy(replacement, 0, zip, i, old.length);
            }
        }
    }

    /// A field that a local header and a directory record share, with its offsets in both; -1 where there is none.
    private enum Field {
        FLAGS(6, 8, 2),
        METHOD(8, 10, 2),
        CRC(14, 16, 4),
        PACKED(18, 20, 4),
        SIZE(22, 24, 4),
        OFFSET(-1, 42, 4);

        private final int local;
        private final int directory;
        private final int width;

        Field(int local, int directory, int width) {
            this.local = local;
            this.directory = directory;
            this.width = width;
        }
    }

    /// An entry of a zip, found by its name, to be spoilt.
    private record Zip(ByteBuffer buffer, int local, int directory) {
        static Zip of(byte[] zip, String path) {
            ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
            byte[] name = bytes(path);
            List<Integer> found = new ArrayList<>();
            for (int signature : List.of(ZipFormat.LOCAL_SIGNATURE, ZipFormat.DIRECTORY_SIGNATURE)) {
                int header = signature == ZipFormat.LOCAL_SIGNATURE ? 30 : 46;
                for (int i = 0; i + header + name.length <= zip.length; i++) {
                    if (buffer.getInt(i) == signature
                            && Arrays.equals(zip, i + header, i + header + name.length, name, 0, name.length)) {
                        found.add(i);
                        break;
                    }
                }
            }
            return new Zip(buffer, found.get(0), found.get(1));
        }

        int content() {
            return local + 30 + buffer.getShort(local + 26) + buffer.getShort(local + 28);
        }

        int directoryStart() {
            return buffer.getInt(buffer.limit() - 22 + 16);
        }

        /// Sets a field in both headers, where both have it.
        void set(Field field, int value) {
            for (int at : new int[] {field.local < 0 ? -1 : local + field.local, directory + field.directory}) {
                if (at >= 0 && field.width == 2) {
                    buffer.putShort(at, (short) value);
                } else if (at >= 0) {
                    buffer.putInt(at, value);
                }
            }
        }

        void attributes(int mode) {
            buffer.putInt(directory + 38, mode << 16);
        }
    }
}
