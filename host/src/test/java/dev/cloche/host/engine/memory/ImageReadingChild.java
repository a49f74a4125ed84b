package dev.cloche.host.engine.memory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import run.endive.wasm.types.MemoryLimits;

/// A process that reads a stored image, stamps a memory from it and prints the text in it.
final class ImageReadingChild {
    private ImageReadingChild() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        long cap = 1L << 20;
        try (InputStream input = Files.newInputStream(Path.of(args[0]));
                MemoryImage image = Memories.of(MemorySetting.FOREIGN).readImage(input, cap);
                LinearMemory memory = image.stamp(new MemoryLimits(1, 16), cap)) {
            System.out.println(memory.readCString(70_000));
        }
    }
}
