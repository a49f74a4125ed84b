package dev.cloche.cli;

import dev.cloche.host.HostConfig;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads an extension's id, or `all` for every extension.
final class ExtensionConverter implements ITypeConverter<String> {
    private static final String ALL = "all";
    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    @Override
    public String convert(String text) {
        if (!ID.matcher(text).matches()) {
            throw new TypeConversionException(
                    "an extension is named by its id, which `cloche ls` lists, or by all, extension=" + text);
        }
        return text.equals(ALL) ? HostConfig.EVERY_EXTENSION : text;
    }

    /// As a user writes it.
    static String shown(String extension) {
        return extension.equals(HostConfig.EVERY_EXTENSION) ? ALL : extension;
    }
}
