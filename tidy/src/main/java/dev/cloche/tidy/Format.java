package dev.cloche.tidy;

import com.palantir.javaformat.java.FormatterException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The command that formats Java files in place: those given, or all of the checkout.
public final class Format {
    private Format() {}

    /// Ends with status 1 if a file could not be parsed; the others are formatted all the same.
    public static void main(String[] args) throws IOException {
        List<Path> files = args.length == 0
                ? Repository.here().files(".java")
                : Stream.of(args).map(Path::of).toList();
        System.exit(format(files, System.err) ? 0 : 1);
    }

    private static boolean format(List<Path> files, PrintStream errors) throws IOException {
        JavaStyle style = new JavaStyle();
        boolean parsed = true;
        for (Path file : files) {
            String source = Repository.read(file);
            try {
                String formatted = style.format(source);
                if (!formatted.equals(source)) {
                    Files.writeString(file, formatted);
                    errors.println("formatted " + file);
                }
            } catch (FormatterException e) {
                parsed = false;
                errors.println("cannot be parsed, file=" + file + " " + e.getMessage());
            }
        }
        return parsed;
    }
}
