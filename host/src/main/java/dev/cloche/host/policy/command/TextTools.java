package dev.cloche.host.policy.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Programs that make text of their arguments and of what they read, and the text they make.
final class TextTools {
    private static final int FORMAT_ROUNDS_MAX = 256;
    private static final int BOM_FREE_RADIX = 16;

    private TextTools() {}

    /// What a program writes; unknown for one that is not known here.
    static Flow output(Invocation invocation) {
        return switch (invocation.name()) {
            case "echo" -> echo(invocation);
            case "printf" -> printf(invocation);
            case "cat", "tac" -> cat(invocation);
            case "tee" -> tee(invocation);
            case "base64", "gbase64", "base32" -> decoder(invocation);
            case "openssl" -> openssl(invocation);
            case "xxd" -> xxd(invocation);
            case "rev" ->
                hidden(
                        invocation.input(),
                        new StringBuilder(invocation.input().text()).reverse().toString());
            case "tr" -> tr(invocation);
            case "find", "gfind" -> DeletionRules.found(invocation);
            case "which" -> Flow.of(String.join("\n", invocation.operands()));
            case "curl", "wget" -> downloaded(invocation);
            default -> Flow.UNKNOWN;
        };
    }

    private static Flow hidden(Flow input, String text) {
        return input.known() ? new Flow(text.strip() + "\n", true) : Flow.UNKNOWN;
    }

    /// Some shells read escapes without being asked, some do not: where it makes a difference, both are there.
    private static Flow echo(Invocation invocation) {
        int i = 0;
        while (i < invocation.arguments().size()
                && invocation.arguments().get(i).matches("-[neE]+")) {
            i++;
        }
        String text = String.join(" ", invocation.from(i)) + "\n";
        String decoded = Escapes.decoded(text);
        return Flow.of(decoded.equals(text) ? text : text + decoded);
    }

    private static Flow printf(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        int start = !arguments.isEmpty() && arguments.getFirst().equals("--") ? 1 : 0;
        if (arguments.size() > 2 && arguments.getFirst().equals("-v")) {
            Flow value = formatted(invocation.from(2));
            invocation.scope().assign(arguments.get(1), List.of(value.text()));
            return Flow.EMPTY;
        }
        return formatted(invocation.from(start));
    }

    private static Flow formatted(List<String> given) {
        if (given.isEmpty()) {
            return Flow.EMPTY;
        }
        StringBuilder text = new StringBuilder();
        List<String> values = new ArrayList<>(given.subList(1, given.size()).reversed());
        int rounds = 0;
        int before;
        do {
            before = values.size();
            format(given.getFirst(), values, text);
        } while (!values.isEmpty() && values.size() < before && ++rounds < FORMAT_ROUNDS_MAX);
        return rounds >= FORMAT_ROUNDS_MAX ? Flow.UNKNOWN : Flow.of(text.toString());
    }

    // An escape that means a percent sign is one to be written: what is a place is told before escapes are read.
    private static void format(String format, List<String> values, StringBuilder text) {
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '%') {
                literal.append(c);
                continue;
            }
            while (i < format.length() && "-+ #.0123456789*l".indexOf(format.charAt(i)) >= 0) {
                i++;
            }
            char kind = i < format.length() ? format.charAt(i++) : '%';
            if (kind == '%') {
                literal.append('%');
            } else {
                text.append(Escapes.decoded(literal.toString()));
                literal.setLength(0);
                text.append(value(kind, values.isEmpty() ? "" : values.removeLast()));
            }
        }
        text.append(Escapes.decoded(literal.toString()));
    }

    private static String value(char kind, String value) {
        return switch (kind) {
            case 'b' -> Escapes.decoded(value);
            case 'c' -> value.substring(0, Math.min(1, value.length()));
            default -> value;
        };
    }

    private static Flow cat(Invocation invocation) {
        List<String> operands = invocation.operands();
        if (operands.isEmpty()) {
            return invocation.fromFile() ? Flow.UNKNOWN : invocation.input();
        }
        Flow output = Flow.EMPTY;
        for (String operand : operands) {
            boolean input = operand.equals("-") || operand.equals("/dev/stdin");
            output = output.then(
                    input
                            ? invocation.input()
                            : invocation.scope().file(operand).orElse(Flow.UNKNOWN));
        }
        return output;
    }

    private static Flow tee(Invocation invocation) {
        for (String operand : invocation.operands()) {
            invocation.scope().write(operand, invocation.input(), invocation.flag('a'));
        }
        return invocation.input();
    }

    private static Flow content(Invocation invocation) {
        List<String> operands = invocation.operands();
        if (operands.isEmpty() || operands.getFirst().equals("-")) {
            return invocation.input();
        }
        return invocation.scope().file(operands.getFirst()).orElse(Flow.UNKNOWN);
    }

    private static Flow decoder(Invocation invocation) {
        boolean decodes = invocation.flag('d') || invocation.flag('D') || invocation.option("--decode");
        return decodes && !invocation.name().equals("base32") ? base64(content(invocation)) : Flow.UNKNOWN;
    }

    private static Flow openssl(Invocation invocation) {
        boolean decodes = invocation.has("-d") && invocation.has("base64", "-base64", "-a");
        return decodes && !invocation.has("-in") ? base64(invocation.input()) : Flow.UNKNOWN;
    }

    private static Flow base64(Flow input) {
        return input.known()
                ? base64(input.text()).map(text -> hidden(input, text)).orElse(Flow.UNKNOWN)
                : Flow.UNKNOWN;
    }

    /// The text that was encoded, if it is one.
    static Optional<String> base64(String encoded) {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(encoded.strip());
            return Optional.of(Marks.cleaned(new String(bytes, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Flow xxd(Invocation invocation) {
        boolean decodes = invocation.flag('r') && invocation.flag('p');
        Flow input = content(invocation);
        return decodes && input.known()
                ? hexadecimal(input.text()).map(text -> hidden(input, text)).orElse(Flow.UNKNOWN)
                : Flow.UNKNOWN;
    }

    /// The text whose bytes are written in hexadecimal, if it is one.
    static Optional<String> hexadecimal(String digits) {
        StringBuilder found = new StringBuilder();
        digits.chars().filter(c -> Character.digit(c, BOM_FREE_RADIX) >= 0).forEach(c -> found.append((char) c));
        if (found.isEmpty() || found.length() % 2 != 0) {
            return Optional.empty();
        }
        byte[] bytes = HexFormat.of().parseHex(found);
        return Optional.of(Marks.cleaned(new String(bytes, StandardCharsets.UTF_8)));
    }

    private static Flow tr(Invocation invocation) {
        List<String> sets = invocation.operands();
        String text = invocation.input().text();
        if (!invocation.input().known() || sets.isEmpty() || invocation.flag('c') || invocation.flag('s')) {
            return Flow.UNKNOWN;
        }
        String from = set(sets.getFirst());
        if (invocation.flag('d')) {
            StringBuilder kept = new StringBuilder();
            text.chars().filter(c -> from.indexOf(c) < 0).forEach(c -> kept.append((char) c));
            return hidden(invocation.input(), kept.toString());
        }
        String to = sets.size() < 2 ? "" : set(sets.get(1));
        if (from.isEmpty() || to.isEmpty()) {
            return Flow.UNKNOWN;
        }
        StringBuilder mapped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            int at = from.lastIndexOf(text.charAt(i));
            mapped.append(at < 0 ? text.charAt(i) : to.charAt(Math.min(at, to.length() - 1)));
        }
        return hidden(invocation.input(), mapped.toString());
    }

    private static String set(String written) {
        String set = Escapes.decoded(written.replace("[:upper:]", "A-Z")
                .replace("[:lower:]", "a-z")
                .replace("[:digit:]", "0-9")
                .replace("[:space:]", " \t\n"));
        StringBuilder characters = new StringBuilder();
        for (int i = 0; i < set.length(); i++) {
            if (i + 2 < set.length() && set.charAt(i + 1) == '-' && set.charAt(i + 2) >= set.charAt(i)) {
                for (char c = set.charAt(i); c < set.charAt(i + 2) && characters.length() < FORMAT_ROUNDS_MAX; c++) {
                    characters.append(c);
                }
                i++;
            } else {
                characters.append(set.charAt(i));
            }
        }
        return characters.toString();
    }

    /// Nobody knows what is downloaded; where it goes is remembered.
    private static Flow downloaded(Invocation invocation) {
        boolean curl = invocation.name().equals("curl");
        invocation
                .letterValue(curl ? 'o' : 'O')
                .or(() -> invocation.valueOf("--output", "--output-document"))
                .filter(path -> !path.equals("-"))
                .ifPresent(path -> invocation.scope().write(path, Flow.UNKNOWN, false));
        if (!curl || invocation.flag('O') || invocation.option("--remote-name")) {
            invocation.operands().forEach(url -> invocation.scope().write(Paths.name(url), Flow.UNKNOWN, false));
        }
        return Flow.UNKNOWN;
    }
}
