package dev.cloche.bench.command;

import dev.cloche.bench.area.Area;
import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What was typed behind `cloche bench`.
///
/// @param lines those to measure
record Arguments(Area area, List<Line> lines, Effort effort, boolean check, Format format) {
    private static final String ONLY = "--only=";

    Arguments {
        lines = List.copyOf(lines);
    }

    /// How the table is printed.
    enum Format {
        TEXT,
        JSON,
        MARKDOWN
    }

    /// Reads arguments.
    ///
    /// @param areas those there are
    /// @throws UsageException if they cannot be used
    static Arguments of(List<Area> areas, List<String> arguments) throws UsageException {
        Parser parser = new Parser(areas);
        for (String argument : arguments) {
            parser.take(argument);
        }
        return parser.finish();
    }

    static String usage(List<Area> areas) {
        String list = areas.stream()
                .map(area -> "  %-10s %s%n             parts: %s"
                        .formatted(
                                area.name(),
                                area.title(),
                                area.lines().stream().map(Line::id).collect(Collectors.joining(", "))))
                .collect(Collectors.joining("\n"));
        return """
                Usage: cloche bench AREA [--quick] [--check] [--json | --markdown] [--only=PART,...]

                Measures, and shows each figure with what was measured beside it and the bar that it has to reach.
                Needs a source checkout; progress goes to the standard error.

                Areas:
                %s

                Options:
                  --quick      only the quick parts, with fewer samples; under two minutes
                  --check      exit with 1 if a bar is missed
                  --json       print JSON: nanoseconds, bytes and plain ratios
                  --markdown   print the table as docs/performance.md has it
                  --only=PART  only these parts
                  --help       print this

                Exit status: 0 all was measured; 1 something could not be, or with --check a bar was missed; 2 wrong
                arguments.
                """.formatted(list);
    }

    private static final class Parser {
        private final List<Area> areas;
        private @Nullable Area area;
        private boolean quick;
        private boolean check;
        private @Nullable Format format;
        private List<String> only = List.of();

        Parser(List<Area> areas) {
            this.areas = areas;
        }

        void take(String argument) throws UsageException {
            switch (argument) {
                case "--quick" -> quick = true;
                case "--check" -> check = true;
                case "--json" -> format(Format.JSON);
                case "--markdown" -> format(Format.MARKDOWN);
                default -> {
                    if (argument.startsWith(ONLY)) {
                        only = Arrays.asList(argument.substring(ONLY.length()).split(",", -1));
                    } else if (argument.startsWith("-")) {
                        throw new UsageException("there is no such option, option=" + argument);
                    } else {
                        area(argument);
                    }
                }
            }
        }

        private void format(Format chosen) throws UsageException {
            if (format != null && format != chosen) {
                throw new UsageException("--json and --markdown exclude each other");
            }
            format = chosen;
        }

        private void area(String name) throws UsageException {
            if (area != null) {
                throw new UsageException("one area at a time, area=" + name);
            }
            Optional<Area> found =
                    areas.stream().filter(a -> a.name().equals(name)).findFirst();
            area = found.orElseThrow(() -> new UsageException("there is no such area, area=" + name));
        }

        Arguments finish() throws UsageException {
            if (area == null) {
                throw new UsageException("say which area");
            }
            return new Arguments(
                    area,
                    lines(area),
                    quick ? Effort.QUICK : Effort.FULL,
                    check,
                    format == null ? Format.TEXT : format);
        }

        private List<Line> lines(Area chosen) throws UsageException {
            if (only.isEmpty()) {
                return chosen.lines().stream()
                        .filter(line -> !quick || line.quick())
                        .toList();
            }
            List<Line> lines = new ArrayList<>();
            for (String id : only) {
                Optional<Line> found = chosen.lines().stream()
                        .filter(line -> line.id().equals(id))
                        .findFirst();
                lines.add(found.orElseThrow(
                        () -> new UsageException("the area " + chosen.name() + " has no such part, part=" + id)));
            }
            return lines;
        }
    }
}
