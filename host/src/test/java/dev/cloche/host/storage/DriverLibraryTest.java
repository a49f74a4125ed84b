package dev.cloche.host.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Where the system tells whose a file is.
@EnabledOnOs(OS.LINUX)
class DriverLibraryTest {
    @TempDir
    Path home;

    private Path folder;
    private DriverLibrary library;

    @BeforeEach
    void prepare() throws IOException {
        rights(home, "rwx------");
        folder = home.resolve("driver");
        library = new DriverLibrary(folder);
    }

    private static void rights(Path path, String rights) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    }

    private Path keptFile() throws IOException {
        library.keep();
        return library.kept().orElseThrow();
    }

    @Test
    void nothingIsKeptAtFirst() throws IOException {
        assertThat(library.kept()).isEmpty();
        assertThat(folder).doesNotExist();
    }

    @Test
    void whatWasKeptIsFoundAndIsForItsOwnerAlone() throws IOException {
        Path file = keptFile();
        assertThat(file).isNotEmptyFile().hasParent(folder);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(new DriverLibrary(folder).kept()).hasValue(file);
    }

    @Test
    void oneIsKeptAtATimeAndOtherFilesAreLeftAlone() throws IOException {
        Files.createDirectory(folder);
        Files.writeString(folder.resolve("driver-1.0-other.so"), "an older one");
        Files.writeString(folder.resolve("driver-1234.part"), "torn");
        Files.writeString(folder.resolve("README"), "the operator's");
        Path file = keptFile();
        library.keep();
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file, folder.resolve("README"));
        }
    }

    @Test
    void aDamagedOneIsNotTaken() throws IOException {
        Path file = keptFile();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThat(library.kept()).isEmpty();
        library.keep();
        assertThat(library.kept()).hasValue(file);
    }

    @Test
    void whatOthersMayWriteIsNotTaken() throws IOException {
        Path file = keptFile();
        for (Path path : new Path[] {file, folder, home}) {
            String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
            for (String loose : new String[] {"rwx-w----", "rwx----w-"}) {
                rights(path, loose);
                assertThat(library.kept()).as(path + " " + loose).isEmpty();
            }
            rights(path, rights);
            assertThat(library.kept()).hasValue(file);
        }
    }

    @Test
    void whatALinkLeadsToIsNotTaken() throws IOException {
        Path file = keptFile();
        Path elsewhere = home.resolve("elsewhere");
        Files.move(folder, elsewhere);
        Files.createSymbolicLink(folder, elsewhere);
        assertThat(library.kept()).isEmpty();
        Files.delete(folder);
        Files.createDirectory(folder);
        rights(folder, "rwx------");
        Files.createSymbolicLink(file, elsewhere.resolve(String.valueOf(file.getFileName())));
        assertThat(library.kept()).isEmpty();
    }
}
