package dev.cloche.bench;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.bundle.Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A host on a home of its own that is gone when it is closed.
final class BenchHost implements AutoCloseable {
    private final Path home;
    private final Host host;

    private BenchHost(Path home, Host host) {
        this.home = home;
        this.host = host;
    }

    static BenchHost open() {
        try {
            Path home = Files.createTempDirectory("cloche-bench");
            return new BenchHost(home, Host.open(HostConfig.at(home)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static BenchHost with(Bundle... bundles) {
        BenchHost bench = open();
        for (Bundle bundle : bundles) {
            var _ = bench.host.load(bundle);
        }
        return bench;
    }

    Host host() {
        return host;
    }

    @Override
    public void close() {
        host.close();
        try {
            Files.walkFileTree(home, new Removal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
