package dev.cloche.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A Java file and what rules want to know of it.
///
/// @param name path from the root of the checkout
record JavaSource(String name, String text, CompilationUnitTree unit, Trees trees) {
    private static final JavaCompiler COMPILER = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());

    /// Parses all Java files of a checkout.
    static List<JavaSource> of(Repository repository) {
        List<Path> files = repository.files(".java");
        try (StandardJavaFileManager manager = COMPILER.getStandardFileManager(null, null, null)) {
            var task = (JavacTask) COMPILER.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            Trees trees = Trees.instance(task);
            List<JavaSource> sources = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                Path file = Path.of(unit.getSourceFile().toUri());
                sources.add(new JavaSource(repository.nameOf(file), Repository.read(file), unit, trees));
            }
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String simpleName() {
        return name.substring(name.lastIndexOf('/') + 1, name.length() - ".java".length());
    }

    int lines() {
        return (int) text.lines().count();
    }

    /// Methods and constructors with more lines than this, as `file:line name lines=n`.
    List<String> methodsLongerThan(int linesMax) {
        List<String> found = new ArrayList<>();
        SourcePositions positions = trees.getSourcePositions();
        unit.accept(
                new TreeScanner<Void, LineMap>() {
                    @Override
                    public Void visitMethod(MethodTree method, LineMap map) {
                        long from = map.getLineNumber(positions.getStartPosition(unit, method));
                        long to = map.getLineNumber(Math.max(positions.getEndPosition(unit, method), 1));
                        if (to - from + 1 > linesMax) {
                            found.add(name + ":" + from + " " + method.getName() + " lines=" + (to - from + 1));
                        }
                        return super.visitMethod(method, map);
                    }
                },
                unit.getLineMap());
        return found;
    }
}
