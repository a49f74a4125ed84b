package dev.cloche.host.engine.script;

import java.util.ArrayDeque;

/// Resolves the specifiers of `import`: relative ones, to files of the bundle.
final class ModulePaths {
    private ModulePaths() {}

    /// The path that `specifier` names, seen from the module at `base`.
    ///
    /// @throws IllegalArgumentException if it is not relative or leaves the bundle
    static String resolve(String base, String specifier) {
        if (!specifier.startsWith("./") && !specifier.startsWith("../")) {
            throw new IllegalArgumentException("cannot import '" + specifier + "' from '" + base
                    + "': only files of the bundle can be imported, by a path that begins with ./ or ../; bundle"
                    + " packages into the script before");
        }
        ArrayDeque<String> path = new ArrayDeque<>();
        String folder = base.substring(0, base.lastIndexOf('/') + 1);
        for (String name : (folder + specifier).split("/", -1)) {
            if (name.equals("..")) {
                if (path.pollLast() == null) {
                    throw new IllegalArgumentException(
                            "cannot import '" + specifier + "' from '" + base + "': it leads out of the bundle");
                }
            } else if (!name.equals(".") && !name.isEmpty()) {
                path.addLast(name);
            }
        }
        return String.join("/", path);
    }
}
