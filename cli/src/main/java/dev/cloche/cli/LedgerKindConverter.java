package dev.cloche.cli;

import dev.cloche.host.ledger.LedgerKind;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads kinds of rows such as `extension.installed`.
final class LedgerKindConverter implements ITypeConverter<LedgerKind> {
    @Override
    public LedgerKind convert(String text) {
        return LedgerKind.ofLabel(text)
                .orElseThrow(() -> new TypeConversionException("there is no such kind of row, kind=" + text + " kinds="
                        + Stream.of(LedgerKind.values()).map(LedgerKind::label).collect(Collectors.joining(","))));
    }
}
