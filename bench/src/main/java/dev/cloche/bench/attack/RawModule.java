package dev.cloche.bench.attack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// A module that is put together from parts that nobody checks. It begins as a sound guest of `cloche_v1` that answers
/// nothing; attacks add to it what it must not have.
final class RawModule {
    static final int CUSTOM = 0;
    static final int TYPE = 1;
    static final int IMPORT = 2;
    static final int FUNCTION = 3;
    static final int TABLE = 4;
    static final int MEMORY = 5;
    static final int GLOBAL = 6;
    static final int EXPORT = 7;
    static final int START = 8;
    static final int ELEMENT = 9;
    static final int CODE = 10;
    static final int DATA = 11;
    static final int TAG = 13;

    /// Types that are there: `(i32) -> i32`, `(i32, i32, i32, i32) -> i32`, `() -> ()`.
    static final int NOTHING_TYPE = 2;

    private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};
    private static final int I32 = 0x7f;

    /// A section that is a list.
    private static final class Section {
        private long count;
        private final ByteArrayOutputStream items = new ByteArrayOutputStream();
    }

    private final Map<Integer, Section> sections = new TreeMap<>();
    private final ByteArrayOutputStream behind = new ByteArrayOutputStream();

    RawModule() {
        add(TYPE, 0x60, 1, I32, 1, I32);
        add(TYPE, 0x60, 4, I32, I32, I32, I32, 1, I32);
        add(TYPE, 0x60, 0, 0);
        add(MEMORY, 0, 2);
        function(0, 0x00, 0x41, 0x80, 0x80, 0x02);
        function(1, 0x00, 0x41, 0x00);
        export("memory", 2, 0);
        export("cloche_alloc", 0, 0);
        export("cloche_handle", 0, 1);
    }

    /// Adds an item to a section.
    RawModule add(int section, int... bytes) {
        return add(section, bytesOf(bytes));
    }

    RawModule add(int section, byte[] item) {
        Section list = sections.computeIfAbsent(section, key -> new Section());
        list.count++;
        list.items.writeBytes(item);
        return this;
    }

    /// Adds so many items that are all the same.
    RawModule repeat(int section, int times, int... bytes) {
        byte[] item = bytesOf(bytes);
        for (int i = 0; i < times; i++) {
            add(section, item);
        }
        return this;
    }

    /// Adds a function.
    ///
    /// @param localsAndCode without the last `end`
    RawModule function(int type, int... localsAndCode) {
        return function(type, bytesOf(localsAndCode));
    }

    RawModule function(int type, byte[] localsAndCode) {
        var index = new ByteArrayOutputStream();
        Leb.unsigned(index, type);
        add(FUNCTION, index.toByteArray());
        var body = new ByteArrayOutputStream();
        Leb.unsigned(body, localsAndCode.length + 1L);
        body.writeBytes(localsAndCode);
        body.write(0x0b);
        return add(CODE, body.toByteArray());
    }

    RawModule export(String name, int kind, int index) {
        return add(EXPORT, name(name, kind, index));
    }

    static byte[] name(String name, int... behind) {
        var out = new ByteArrayOutputStream();
        Leb.sized(out, name.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(bytesOf(behind));
        return out.toByteArray();
    }

    /// Says that a section has another number of items than it has.
    RawModule count(int section, long count) {
        sections.computeIfAbsent(section, key -> new Section()).count = count;
        return this;
    }

    /// Adds a section of any content behind all others.
    RawModule behind(int id, byte[] content) {
        behind.write(id);
        Leb.sized(behind, content);
        return this;
    }

    byte[] bytes() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(HEADER);
        sections.forEach((id, section) -> {
            var content = new ByteArrayOutputStream();
            Leb.unsigned(content, section.count);
            content.writeBytes(section.items.toByteArray());
            out.write(id);
            Leb.sized(out, content.toByteArray());
        });
        out.writeBytes(behind.toByteArray());
        return out.toByteArray();
    }

    static byte[] bytesOf(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
