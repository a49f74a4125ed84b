package dev.cloche.host.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Ok;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Files while another program moves things about under the host's hands. Replay with `-Dcloche.fuzz.seed=N`.
@Timeout(120)
@EnabledOnOs({OS.LINUX, OS.MAC})
class FileRaceTest {
    private static final long SEED = Long.getLong("cloche.fuzz.seed", 1);
    private static final int HOSTCALLS = 6_000;
    private static final int READS = 3_000;
    private static final String OUTSIDE = "from outside";

    @TempDir
    Path folder;

    private Path root;
    private Path outside;
    private OpHarness harness;
    private GuestSide guest;

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectory(folder.resolve("files"));
        outside = Files.createDirectory(folder.resolve("outside"));
        harness = new OpHarness(new OpTable(new FileService(new FilesFolder(root, folder.resolve("home"))).ops()));
        Capability reads = new Capability("fs.read", Map.of("root", List.of(".")));
        Capability writes = new Capability("fs.write", Map.of("root", List.of(".")));
        guest = harness.port("notes", Map.of("notes", List.of(reads, writes)), reads, writes);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    /// A guest that appends may make a file where there is none for a moment; so whatever is there gives way.
    private static void swap(Path place, Path link) throws IOException {
        Path aside = place.resolveSibling(place.getFileName() + "-aside");
        Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
        Files.move(link, place, StandardCopyOption.ATOMIC_MOVE);
        Files.move(place, link, StandardCopyOption.ATOMIC_MOVE);
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Puts links to the outside in the places of a folder and of a file, and takes them away again, until it is told
    /// to end.
    private void swapUntil(AtomicBoolean ended) {
        try {
            Path linkToFolder = Files.createSymbolicLink(folder.resolve("link-to-folder"), outside);
            Path linkToFile = Files.createSymbolicLink(folder.resolve("link-to-file"), outside.resolve("file"));
            while (!ended.get()) {
                swap(root.resolve("way"), linkToFolder);
                swap(root.resolve("leaf"), linkToFile);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLinkThatIsSwappedInNeverLeadsOut() throws Exception {
        Files.writeString(outside.resolve("file"), OUTSIDE);
        Files.createDirectory(root.resolve("way"));
        Files.writeString(root.resolve("way/file"), "from inside");
        Files.writeString(root.resolve("leaf"), "from inside");
        AtomicBoolean ended = new AtomicBoolean();
        Thread swapper = Thread.ofPlatform().start(() -> swapUntil(ended));
        Map<String, Integer> seen = new HashMap<>();
        try {
            var random = new Random(SEED);
            for (int i = 0; i < HOSTCALLS; i++) {
                String path = random.nextBoolean() ? "way/file" : "leaf";
                Outcome outcome = switch (random.nextInt(8)) {
                    case 0 -> call("fs.list", "{\"path\":\"way\"}");
                    case 1 -> call("fs.mkdir", "{\"path\":\"way/made\"}");
                    case 2 -> call("fs.delete", "{\"path\":\"way/made\"}");
                    case 3 -> {
                        String mode = random.nextBoolean() ? "append" : "create";
                        yield call(
                                "fs.write",
                                "{\"path\":\"" + (mode.equals("append") ? path : "way/new") + "\",\"mode\":\"" + mode
                                        + "\",\"content\":\"\"}");
                    }
                    case 4 -> call("fs.rename", "{\"from\":\"way/new\",\"to\":\"way/newer\"}");
                    default -> call("fs.read", "{\"path\":\"" + path + "\"}");
                };
                if (outcome instanceof Ok ok) {
                    assertThat(ok.answer().text()).as("seed=%d i=%d", SEED, i).doesNotContain(OUTSIDE);
                }
                seen.merge(outcome.getClass().getSimpleName(), 1, Integer::sum);
            }
        } finally {
            ended.set(true);
            swapper.join();
        }
        assertThat(seen).as("seed=%d", SEED).containsKeys("Ok", "Failed");
        try (var listed = Files.list(outside)) {
            assertThat(listed).containsExactly(outside.resolve("file"));
        }
        assertThat(outside.resolve("file")).hasContent(OUTSIDE);
    }

    private Outcome call(String op, String request) {
        return OpHarness.call(guest, op, request);
    }

    @Test
    void aReaderSeesTheOldFileOrTheNewOne() throws Exception {
        String one = "1".repeat(100_000);
        String other = "2".repeat(150_000);
        Files.writeString(root.resolve("file"), one);
        AtomicBoolean ended = new AtomicBoolean();
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int i = 0; !ended.get(); i++) {
                String content = i % 2 == 0 ? other : one;
                assertThat(call("fs.write", "{\"path\":\"file\",\"mode\":\"replace\",\"content\":\"" + content + "\"}"))
                        .isInstanceOf(Ok.class);
            }
        });
        try {
            for (int i = 0; i < READS; i++) {
                Ok read = (Ok) call("fs.read", "{\"path\":\"file\"}");
                String content = read.answer().text();
                assertThat(content.equals("{\"content\":\"" + one + "\"}")
                                || content.equals("{\"content\":\"" + other + "\"}"))
                        .as("bytes=%d", content.length())
                        .isTrue();
            }
        } finally {
            ended.set(true);
            writer.join();
        }
        try (var listed = Files.list(root)) {
            assertThat(listed).containsExactly(root.resolve("file"));
        }
    }

    /// What others do to a folder while it is listed costs the listing nothing but what is gone.
    @Test
    void aFolderIsListedWhileItChanges() throws Exception {
        for (int i = 0; i < 200; i++) {
            Files.writeString(root.resolve("stays" + i), "");
        }
        AtomicBoolean ended = new AtomicBoolean();
        Thread changer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; !ended.get(); i++) {
                    Path file = Files.writeString(root.resolve("comes" + i % 10), "");
                    Files.move(file, root.resolve("goes" + i % 10), StandardCopyOption.REPLACE_EXISTING);
                    Files.delete(root.resolve("goes" + i % 10));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            for (int i = 0; i < 200; i++) {
                String answer = ((Ok) call("fs.list", "{\"path\":\"\",\"limit\":1000}"))
                        .answer()
                        .text();
                assertThat(answer.split("\"stays", -1)).hasSize(201);
            }
        } finally {
            ended.set(true);
            changer.join();
        }
    }
}
