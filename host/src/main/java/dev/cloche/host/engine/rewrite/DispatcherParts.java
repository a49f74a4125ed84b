package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Divides the members of a group among dispatchers, so that a call passes little that its member does not need,
/// and no dispatcher becomes too large itself.
final class DispatcherParts {
    private static final int ENTRY_BYTES = 20;
    private static final int ARGUMENT_BYTES = 2;

    private final SplitOptions options;
    private final List<Part> parts = new ArrayList<>();

    /// Members that share a dispatcher.
    private static final class Part {
        final List<Dispatch.Member> members = new ArrayList<>();
        final Set<Integer> arguments = new HashSet<>();
        int bytes;

        /// How many parameters more the dispatcher would have.
        int growth(Dispatch.Member member) {
            return (int) member.outlined().arguments().stream()
                    .filter(argument -> !arguments.contains(argument))
                    .count();
        }
    }

    private DispatcherParts(SplitOptions options) {
        this.options = options;
    }

    static List<List<Dispatch.Member>> of(List<Dispatch.Member> members, SplitOptions options) {
        var division = new DispatcherParts(options);
        members.stream()
                .sorted(Comparator.comparingInt(
                        member -> member.outlined().arguments().size()))
                .forEach(division::add);
        return division.parts.stream().map(part -> part.members).toList();
    }

    private void add(Dispatch.Member member) {
        var part = parts.stream()
                .filter(each -> takes(each, member))
                .min(Comparator.comparingInt(each -> each.growth(member)))
                .orElse(null);
        if (part == null) {
            part = new Part();
            parts.add(part);
        }
        part.members.add(member);
        part.arguments.addAll(member.outlined().arguments());
        part.bytes += bytes(member);
    }

    private boolean takes(Part part, Dispatch.Member member) {
        return part.bytes + bytes(member) <= options.groups().dispatcherBytesMax()
                && part.arguments.size() + part.growth(member)
                        <= options.groups().parametersMax();
    }

    private static int bytes(Dispatch.Member member) {
        return ENTRY_BYTES + ARGUMENT_BYTES * member.outlined().arguments().size();
    }
}
