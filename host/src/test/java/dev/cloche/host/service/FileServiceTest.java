package dev.cloche.host.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.JsonText;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.hostcall.Outcome.Ok;
import dev.cloche.host.policy.PolicyRule;
import dev.cloche.host.policy.PolicyRule.Effect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files as a guest has them: within its grants, in the folder for files, and never by way of a link.
@Timeout(60)
@EnabledOnOs({OS.LINUX, OS.MAC})
class FileServiceTest {
    private static final String OUTSIDE = "outside the folder for files";

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
        Files.writeString(outside.resolve("secret"), OUTSIDE);
        harness = harness(root);
        guest = guest(".", ".");
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private OpHarness harness(Path at) {
        return new OpHarness(new OpTable(new FileService(new FilesFolder(at, folder.resolve("home"))).ops()));
    }

    private static Capability capability(String name, String root) {
        return new Capability(name, root.isEmpty() ? Map.of() : Map.of("root", List.of(root)));
    }

    private GuestSide guest(String reads, String writes, PolicyRule... rules) {
        List<PolicyRule> all = new ArrayList<>(List.of(
                new PolicyRule("notes", Effect.ALLOW, capability("fs.read", "")),
                new PolicyRule("notes", Effect.ALLOW, capability("fs.write", ""))));
        all.addAll(List.of(rules));
        return harness.port("notes", all, capability("fs.read", reads), capability("fs.write", writes));
    }

    private static PolicyRule denial(String capability, String denied) {
        return new PolicyRule("*", Effect.DENY, capability(capability, denied));
    }

    private Outcome call(String op, String... namesAndTexts) {
        return call(guest, op, namesAndTexts);
    }

    private static Outcome call(GuestSide guest, String op, String... namesAndTexts) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            fields.add(JsonText.quoted(namesAndTexts[i]) + ":" + JsonText.quoted(namesAndTexts[i + 1]));
        }
        return OpHarness.call(guest, op, "{" + String.join(",", fields) + "}");
    }

    private static void assertFailed(Outcome outcome, FailedCode code, String... parts) {
        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.code()).as(failed.message()).isEqualTo(code);
            for (String part : parts) {
                assertThat(failed.message()).contains(part);
            }
        });
    }

    private static void assertDenied(Outcome outcome, String rule) {
        assertThat(outcome).isInstanceOfSatisfying(Denied.class, denied -> {
            assertThat(denied.code()).isEqualTo(DeniedCode.POLICY);
            assertThat(denied.details()).containsEntry("rule", rule);
        });
    }

    private static void assertOk(Outcome outcome, String json) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Ok.class, ok -> assertThat(ok.answer().text()).isEqualTo(json));
    }

    private List<String> namesIn(Path path) throws IOException {
        try (Stream<Path> listed = Files.list(path)) {
            return listed.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileIsWrittenReadAndDeleted() throws IOException {
        assertOk(call("fs.mkdir", "path", "a"), "{\"created\":true}");
        assertOk(call("fs.mkdir", "path", "a"), "{\"created\":false}");
        assertOk(call("fs.write", "path", "a/b", "content", "h\u00e9\n"), "{\"size\":4}");
        assertOk(call("fs.read", "path", "a/b"), "{\"content\":\"h\u00e9\\n\"}");
        assertOk(call("fs.read", "path", "a/b", "encoding", "base64"), "{\"content\":\"aMOpCg==\"}");
        long modified = Files.getLastModifiedTime(root.resolve("a/b")).toMillis();
        assertOk(call("fs.stat", "path", "a/b"), "{\"type\":\"file\",\"size\":4,\"modifiedMillis\":" + modified + "}");
        assertFailed(call("fs.delete", "path", "a"), FailedCode.IO, "not empty");
        assertOk(call("fs.delete", "path", "a/b"), "{}");
        assertOk(call("fs.delete", "path", "a"), "{}");
        assertFailed(call("fs.delete", "path", "a"), FailedCode.NOT_FOUND);
        assertThat(namesIn(root)).isEmpty();
    }

    @Test
    void eachWayOfWritingHoldsToWhatIsThere() throws IOException {
        assertOk(call("fs.write", "path", "a", "content", "AAEC/w==", "encoding", "base64"), "{\"size\":4}");
        assertThat(Files.readAllBytes(root.resolve("a"))).containsExactly(0, 1, 2, 255);
        assertFailed(call("fs.write", "path", "a", "content", "x"), FailedCode.IO, "already");
        assertThat(Files.size(root.resolve("a"))).isEqualTo(4);
        Files.setPosixFilePermissions(root.resolve("a"), PosixFilePermissions.fromString("rw-r-----"));
        assertOk(call("fs.write", "path", "a", "content", "xy", "mode", "replace"), "{\"size\":2}");
        assertOk(call("fs.write", "path", "a", "content", "z", "mode", "append"), "{\"size\":3}");
        assertThat(root.resolve("a")).hasContent("xyz");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("a"))))
                .isEqualTo("rw-r-----");
        assertOk(call("fs.write", "path", "b", "content", "", "mode", "append"), "{\"size\":0}");
        assertOk(call("fs.write", "path", "c", "content", "c", "mode", "replace"), "{\"size\":1}");
        for (String mode : List.of("create", "replace", "append")) {
            assertFailed(call("fs.write", "path", "no/a", "content", "", "mode", mode), FailedCode.NOT_FOUND);
        }
        assertThat(namesIn(root)).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "a/..",
                "../outside/secret",
                "a/../../outside",
                ".",
                "./a",
                "a/.",
                "/etc/passwd",
                "a//b",
                "a/",
                "a\u0000",
                "a\\b",
                "a\nb",
                ".cloche-x",
                "a/.cloche-x.tmp"
            })
    void whatIsNoPathIsRefused(String path) {
        for (String op : List.of("fs.read", "fs.list", "fs.stat", "fs.mkdir", "fs.delete")) {
            assertFailed(call(op, "path", path), FailedCode.INVALID_REQUEST, op, "field=path");
        }
        assertFailed(call("fs.write", "path", path, "content", ""), FailedCode.INVALID_REQUEST, "field=path");
        assertFailed(call("fs.rename", "from", path, "to", "x"), FailedCode.INVALID_REQUEST, "field=from");
        assertFailed(call("fs.rename", "from", "x", "to", path), FailedCode.INVALID_REQUEST, "field=to");
    }

    @Test
    void longAndDeepPathsAreRefused() {
        assertFailed(call("fs.stat", "path", "a".repeat(255)), FailedCode.NOT_FOUND);
        assertFailed(call("fs.stat", "path", "a".repeat(256)), FailedCode.INVALID_REQUEST);
        assertFailed(call("fs.stat", "path", "a/".repeat(31) + "a"), FailedCode.NOT_FOUND);
        assertFailed(call("fs.stat", "path", "a/".repeat(32) + "a"), FailedCode.INVALID_REQUEST);
        assertFailed(call("fs.stat", "path", "a".repeat(1_025)), FailedCode.INVALID_REQUEST);
    }

    @Test
    void noLinkIsFollowedWhereverItStands() throws IOException {
        Files.createSymbolicLink(root.resolve("leaf"), outside.resolve("secret"));
        Files.createSymbolicLink(root.resolve("way"), outside);
        Files.createSymbolicLink(root.resolve("dangling"), outside.resolve("made"));
        Files.createDirectory(root.resolve("dir"));
        Files.writeString(root.resolve("dir/own"), "own");
        Files.createSymbolicLink(root.resolve("inner"), Path.of("dir"));
        for (String path : List.of("leaf", "way/secret", "inner/own")) {
            assertFailed(call("fs.read", "path", path), FailedCode.IO);
            assertFailed(call("fs.write", "path", path, "content", "x", "mode", "append"), FailedCode.IO);
            assertFailed(call("fs.write", "path", path, "content", "x", "mode", "replace"), FailedCode.IO);
            assertFailed(call("fs.write", "path", path, "content", "x"), FailedCode.IO);
            assertFailed(call("fs.delete", "path", path), FailedCode.IO);
            assertFailed(call("fs.rename", "from", path, "to", "x"), FailedCode.IO);
        }
        for (String mode : List.of("create", "append", "replace")) {
            assertFailed(call("fs.write", "path", "dangling", "content", "x", "mode", mode), FailedCode.IO);
        }
        assertFailed(call("fs.list", "path", "way"), FailedCode.IO);
        assertFailed(call("fs.mkdir", "path", "way/made"), FailedCode.IO);
        assertFailed(call("fs.rename", "from", "dir/own", "to", "way/own"), FailedCode.IO);
        assertFailed(call("fs.rename", "from", "dir/own", "to", "leaf"), FailedCode.IO);
        assertThat(call("fs.stat", "path", "leaf").toString()).doesNotContain("secret");
        assertThat(((Ok) call("fs.stat", "path", "leaf")).answer().text()).startsWith("{\"type\":\"other\"");
        assertThat(namesIn(outside)).containsExactly("secret");
        assertThat(outside.resolve("secret")).hasContent(OUTSIDE);
        assertThat(namesIn(root)).containsExactly("dangling", "dir", "inner", "leaf", "way");
    }

    @Test
    void aPipeIsNeitherOpenedNorWaitedFor() throws Exception {
        Path pipe = root.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS))
                .isTrue();
        assertFailed(call("fs.read", "path", "pipe"), FailedCode.IO, "no regular file");
        assertFailed(call("fs.list", "path", "pipe"), FailedCode.IO);
        assertFailed(call("fs.read", "path", "pipe/x"), FailedCode.IO);
        for (String mode : List.of("create", "append", "replace")) {
            assertFailed(call("fs.write", "path", "pipe", "content", "x", "mode", mode), FailedCode.IO);
        }
        assertFailed(call("fs.delete", "path", "pipe"), FailedCode.IO);
        assertOk(call("fs.list", "path", ""), "{\"entries\":[{\"name\":\"pipe\",\"type\":\"other\"}]}");
    }

    @Test
    void foldersAndFilesAreNotEachOther() throws IOException {
        Files.createDirectory(root.resolve("dir"));
        Files.writeString(root.resolve("file"), "x");
        assertFailed(call("fs.read", "path", "dir"), FailedCode.IO, "no regular file");
        assertFailed(call("fs.list", "path", "file"), FailedCode.IO);
        assertFailed(call("fs.mkdir", "path", "file"), FailedCode.IO, "something else");
        assertFailed(call("fs.read", "path", "file/x"), FailedCode.IO);
        assertFailed(call("fs.rename", "from", "file", "to", "dir"), FailedCode.IO, "cannot be replaced");
        assertFailed(call("fs.rename", "from", "dir", "to", "file"), FailedCode.IO, "cannot be replaced");
        assertFailed(call("fs.write", "path", "dir", "content", "", "mode", "replace"), FailedCode.IO);
    }

    @Test
    void aFileWithoutRightsIsTheSystemsToRefuse() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        // The superuser reads everything.
        if (Files.isReadable(file)) {
            assertOk(call("fs.read", "path", "file"), "{\"content\":\"x\"}");
        } else {
            assertFailed(call("fs.read", "path", "file"), FailedCode.IO, "no right");
        }
    }

    @Test
    void whatIsNotTextIsToldSo() throws IOException {
        Files.write(root.resolve("file"), new byte[] {'a', (byte) 0xff});
        assertFailed(call("fs.read", "path", "file"), FailedCode.IO, "not UTF-8", "encoding=base64");
        assertOk(call("fs.read", "path", "file", "encoding", "base64"), "{\"content\":\"Yf8=\"}");
    }

    @Test
    void sizesAreBounded() throws IOException {
        int max = FileRequest.CONTENT_BYTES_MAX;
        byte[] large = new byte[max];
        String content = Base64.getEncoder().encodeToString(large);
        assertOk(call("fs.write", "path", "large", "content", content, "encoding", "base64"), "{\"size\":" + max + "}");
        assertThat(((Ok) call("fs.read", "path", "large", "encoding", "base64"))
                        .answer()
                        .size())
                .isEqualTo(content.length() + "{\"content\":\"\"}".length());
        assertFailed(call("fs.write", "path", "large", "content", "x", "mode", "append"), FailedCode.IO, "max=" + max);
        assertThat(Files.size(root.resolve("large"))).isEqualTo(max);
        String longer = Base64.getEncoder().encodeToString(new byte[max + 1]);
        assertFailed(
                call("fs.write", "path", "longer", "content", longer, "encoding", "base64"),
                FailedCode.INVALID_REQUEST);
        assertFailed(call("fs.write", "path", "longer", "content", "x".repeat(max + 1)), FailedCode.INVALID_REQUEST);
        Files.write(root.resolve("longer"), new byte[max + 1]);
        assertFailed(call("fs.read", "path", "longer"), FailedCode.IO, "too large", "max=" + max);
    }

    @Test
    void textOfNothingButEscapesIsBounded() throws IOException {
        byte[] controls = new byte[FileAnswer.TEXT_BYTES_MAX / 6];
        Arrays.fill(controls, (byte) 1);
        Files.write(root.resolve("fits"), controls);
        Files.write(root.resolve("does-not"), Arrays.copyOf(controls, controls.length + 1));
        assertThat(call("fs.read", "path", "fits")).isInstanceOf(Ok.class);
        assertFailed(call("fs.read", "path", "does-not"), FailedCode.IO, "encoding=base64");
        assertThat(call("fs.read", "path", "does-not", "encoding", "base64")).isInstanceOf(Ok.class);
    }

    @Test
    void bothLanesWriteEveryCharacterAlike() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = 0; c < 0x180; c++) {
            text.append((char) c);
        }
        byte[] content = text.append("\u2028\uffff\ud83d\ude00").toString().getBytes(StandardCharsets.UTF_8);
        assertThat(FileAnswer.text(content)).isEqualTo(FileAnswer.textCompat(content));
    }

    @Test
    void largeTransfersAreFew() {
        TransferSlots slots = new TransferSlots("many", 2, 3);
        assertThat(slots.enter("a")).isEmpty();
        assertThat(slots.enter("a")).isEmpty();
        assertThat(slots.enter("a")).hasValueSatisfying(denied -> {
            assertThat(denied.code()).isEqualTo(DeniedCode.BACKPRESSURE);
            assertThat(denied.details()).containsEntry("lane", "a").containsEntry("capacity", "2");
        });
        assertThat(slots.enter("b")).isEmpty();
        assertThat(slots.enter("b"))
                .hasValueSatisfying(denied -> assertThat(denied.details()).containsEntry("lane", "host"));
        slots.leave("a");
        assertThat(slots.enter("b")).isEmpty();
    }

    @Test
    void aFolderIsListedInOrderAndPageByPage() throws IOException {
        List<String> names = List.of("A", "a", "a b", "b", "z", "\u00e9", "\uffee", "\ud83d\ude00");
        for (String name : names.reversed()) {
            Files.writeString(root.resolve(name), name);
        }
        Files.writeString(root.resolve(".cloche-1.tmp"), "left behind");
        List<String> listed = new ArrayList<>();
        String after = "";
        for (int page = 0; page < 3; page++) {
            String request = "{\"path\":\"\",\"limit\":3,\"after\":" + JsonText.quoted(after) + "}";
            String answer =
                    ((Ok) OpHarness.call(guest, "fs.list", request)).answer().text();
            List<String> found = names.stream()
                    .filter(name -> answer.contains("{\"name\":" + JsonText.quoted(name) + ","))
                    .toList();
            listed.addAll(found);
            after = listed.getLast();
            assertThat(answer.contains("\"next\":" + JsonText.quoted(after))).isEqualTo(page < 2);
        }
        assertThat(listed).isEqualTo(names);
        assertThat(((Ok) OpHarness.call(guest, "fs.list", "{\"path\":\"\"}"))
                        .answer()
                        .text())
                .doesNotContain("cloche", "next");
    }

    @Test
    void filesAndFoldersAreMoved() throws IOException {
        call("fs.mkdir", "path", "a");
        call("fs.write", "path", "a/x", "content", "1");
        call("fs.write", "path", "y", "content", "2");
        assertOk(call("fs.rename", "from", "a/x", "to", "y"), "{}");
        assertThat(root.resolve("y")).hasContent("1");
        assertOk(call("fs.rename", "from", "y", "to", "a/z"), "{}");
        assertOk(call("fs.rename", "from", "a", "to", "b"), "{}");
        assertThat(root.resolve("b/z")).hasContent("1");
        call("fs.mkdir", "path", "a");
        assertFailed(call("fs.rename", "from", "b", "to", "a"), FailedCode.IO, "cannot be replaced");
        assertFailed(call("fs.rename", "from", "b", "to", "b/c"), FailedCode.INVALID_REQUEST, "into itself");
        assertFailed(call("fs.rename", "from", "absent", "to", "c"), FailedCode.NOT_FOUND);
    }

    @Test
    void aGrantReachesAsFarAsItsRoot() throws IOException {
        FileTrees.planted(root.resolve("own"));
        Files.writeString(root.resolve("ownership"), "not below own");
        for (String asked : List.of("own", "/own", "./own/", "own//.")) {
            GuestSide reader = guest(asked, "own/dir");
            assertThat(call(reader, "fs.read", "path", "own/a.txt")).isInstanceOf(Ok.class);
            assertThat(call(reader, "fs.list", "path", "own")).isInstanceOf(Ok.class);
            for (String path : List.of("ownership", "other/own", "own2/x")) {
                assertDenied(call(reader, "fs.read", "path", path), "manifest.parameters");
            }
            assertDenied(call(reader, "fs.list", "path", ""), "manifest.parameters");
            assertDenied(call(reader, "fs.stat", "path", ""), "manifest.parameters");
            assertDenied(call(reader, "fs.write", "path", "own/new", "content", ""), "manifest.parameters");
            assertDenied(call(reader, "fs.rename", "from", "own/dir/b.bin", "to", "own/b"), "manifest.parameters");
            assertDenied(call(reader, "fs.rename", "from", "own/a.txt", "to", "own/dir/a"), "manifest.parameters");
        }
        GuestSide onlyReads = harness.port(
                "notes",
                List.of(new PolicyRule("*", Effect.ALLOW, capability("fs.read", "own/dir"))),
                capability("fs.read", "own"),
                capability("fs.write", "own"));
        assertThat(call(onlyReads, "fs.stat", "path", "own/dir/b.bin")).isInstanceOf(Ok.class);
        assertDenied(call(onlyReads, "fs.stat", "path", "own/a.txt"), "grant.parameters");
        assertDenied(call(onlyReads, "fs.write", "path", "own/dir/x", "content", ""), "grant.missing");
    }

    @Test
    void whatIsDeniedIsOutOfReachAndOutOfSight() throws IOException {
        FileTrees.planted(root.resolve("own"));
        for (String denied : List.of("own/denied", "/own/denied", "own/./denied/")) {
            GuestSide held = guest(".", ".", denial("fs.read", denied), denial("fs.write", denied));
            assertDenied(call(held, "fs.read", "path", "own/denied/x"), "deny.parameters");
            assertDenied(call(held, "fs.list", "path", "own/denied"), "deny.parameters");
            assertDenied(call(held, "fs.delete", "path", "own/denied/x"), "deny.parameters");
            assertThat(((Ok) call(held, "fs.list", "path", "own")).answer().text())
                    .contains("\"a.txt\"")
                    .doesNotContain("denied");
            assertDenied(call(held, "fs.rename", "from", "own", "to", "moved"), "deny.parameters");
            assertDenied(call(held, "fs.rename", "from", "own/denied", "to", "moved"), "deny.parameters");
            assertDenied(call(held, "fs.rename", "from", "own/a.txt", "to", "own/denied/y"), "deny.parameters");
        }
        assertThat(root.resolve("own/denied/x")).hasContent("denied");
    }

    @Test
    void withoutAFolderNothingIsToBeHad() {
        try (OpHarness none =
                new OpHarness(new OpTable(new FileService(new FilesFolder(null, folder.resolve("home"))).ops()))) {
            GuestSide port = none.port(
                    "notes",
                    List.of(new PolicyRule("*", Effect.ALLOW, capability("fs.read", ""))),
                    capability("fs.read", "."));
            assertFailed(call(port, "fs.read", "path", "a"), FailedCode.UNSUPPORTED, "setting=files.root");
        }
    }

    @Test
    void aFolderThatCannotBeUsedIsNotNamedToGuests() throws IOException {
        Files.createDirectory(folder.resolve("home"));
        Files.createDirectory(folder.resolve("home/cache"));
        Files.createSymbolicLink(folder.resolve("link-to-home"), folder.resolve("home"));
        for (String at : List.of("absent", "outside/secret", "home", "home/cache", "link-to-home", ".")) {
            try (OpHarness bad = harness(folder.resolve(at))) {
                GuestSide port = bad.port(
                        "notes",
                        List.of(new PolicyRule("*", Effect.ALLOW, capability("fs.read", ""))),
                        capability("fs.read", "."));
                Outcome outcome = call(port, "fs.list", "path", "");
                assertFailed(outcome, FailedCode.IO, "cannot be used");
                assertThat(outcome.toString()).doesNotContain(folder.toString());
            }
        }
        Files.createDirectory(folder.resolve("home/files"));
        try (OpHarness good = harness(folder.resolve("home/files"))) {
            GuestSide port = good.port(
                    "notes",
                    List.of(new PolicyRule("*", Effect.ALLOW, capability("fs.read", ""))),
                    capability("fs.read", "."));
            assertOk(call(port, "fs.list", "path", ""), "{\"entries\":[]}");
        }
    }

    @Test
    void appendsOfManyDoNotMix() throws Exception {
        int threads = 4;
        int each = 25;
        String line = "x".repeat(999) + "\n";
        List<Thread> writers = IntStream.range(0, threads)
                .mapToObj(_ -> Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < each; i++) {
                        assertThat(OpHarness.call(
                                        guest,
                                        "fs.write",
                                        "{\"path\":\"log\",\"mode\":\"append\",\"content\":" + JsonText.quoted(line)
                                                + "}"))
                                .isInstanceOf(Ok.class);
                    }
                }))
                .toList();
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(Files.readString(root.resolve("log"), StandardCharsets.UTF_8))
                .isEqualTo(line.repeat(threads * each));
    }

    @Test
    void anInterruptedWriteLeavesNothingBehind() throws Exception {
        call("fs.write", "path", "a", "content", "before");
        for (String mode : List.of("create", "replace")) {
            Outcome[] outcome = new Outcome[1];
            Thread writer = Thread.ofPlatform().start(() -> {
                try (SecureFolder opened = SecureFolder.open(root, List.of())) {
                    Thread.currentThread().interrupt();
                    if (mode.equals("create")) {
                        opened.create("new", new byte[1_000]);
                    } else {
                        opened.replace("a", new byte[1_000]);
                    }
                } catch (IOException e) {
                    outcome[0] = new Failed(FailedCode.CANCELLED, e.toString(), false);
                }
            });
            writer.join();
            assertThat(outcome[0]).isNotNull();
        }
        assertThat(namesIn(root)).containsExactly("a");
        assertThat(root.resolve("a")).hasContent("before");
    }
}
