package dev.cloche.host.service;

import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lists and objects of strings as the compat lane reads them: character by character, from JSON that is known to be
/// well formed.
final class ExecCompat {
    private static final int HEX_DIGITS = 4;
    private static final int HEX = 16;
    private static final String ESCAPES = "bfnrt";
    private static final String ESCAPED = "\b\f\n\r\t";

    private final String field;
    private final String form;
    private final String json;
    private int at;

    private ExecCompat(String field, String form, String json) {
        this.field = field;
        this.form = form;
        this.json = json;
    }

    static List<String> strings(String field, String json) {
        ExecCompat reader = new ExecCompat(field, "a list of strings", json);
        List<String> strings = new ArrayList<>();
        reader.expect('[');
        for (boolean more = !reader.take(']'); more; more = reader.more(']')) {
            strings.add(reader.string());
        }
        return strings;
    }

    static Map<String, String> members(String field, String json) {
        ExecCompat reader = new ExecCompat(field, "an object of strings", json);
        Map<String, String> members = new LinkedHashMap<>();
        reader.expect('{');
        for (boolean more = !reader.take('}'); more; more = reader.more('}')) {
            String name = reader.string();
            reader.expect(':');
            if (members.put(name, reader.string()) != null) {
                throw new InvalidRequestException(
                        "exec.run: a name must be there once, field=" + field + " name=" + JsonRequest.shown(name));
            }
        }
        return members;
    }

    private boolean more(char closing) {
        if (take(closing)) {
            return false;
        }
        expect(',');
        return true;
    }

    private char peek() {
        while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
        return at < json.length() ? json.charAt(at) : '\0';
    }

    private boolean take(char c) {
        boolean there = peek() == c;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char c) {
        if (!take(c)) {
            throw new InvalidRequestException("exec.run: the field must be " + form + ", field=" + field);
        }
    }

    private String string() {
        expect('"');
        StringBuilder text = new StringBuilder();
        while (json.charAt(at) != '"') {
            char c = json.charAt(at++);
            text.append(c == '\\' ? escaped() : c);
        }
        at++;
        return text.toString();
    }

    private char escaped() {
        char c = json.charAt(at++);
        if (c == 'u') {
            at += HEX_DIGITS;
            return (char) Integer.parseInt(json, at - HEX_DIGITS, at, HEX);
        }
        int known = ESCAPES.indexOf(c);
        return known < 0 ? c : ESCAPED.charAt(known);
    }
}
