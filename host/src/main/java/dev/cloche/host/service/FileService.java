package dev.cloche.host.service;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.CompatText;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.JsonText;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.OpHandler;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.policy.Decision;
import dev.cloche.host.policy.Scopes;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operations `fs.*`: files and folders below one folder of the host.
final class FileService {
    /// Content above this size takes one of few slots, from before its request is read: text is copied several times on
    /// its way through JSON.
    static final int SMALL_BYTES_MAX = 256 * 1_024;

    /// How many reads and writes of larger content may be under way.
    static final int HOST_TRANSFERS_MAX = 4;

    static final int EXTENSION_TRANSFERS_MAX = 2;

    private static final Logger LOG = LoggerFactory.getLogger(FileService.class);
    private static final String READ = "fs.read";
    private static final String WRITE = "fs.write";
    private static final Outcome DONE = CompatText.ok("{}");

    private final FilesFolder files;
    private final TransferSlots slots = new TransferSlots(
            "fs: too many large files are read and written", EXTENSION_TRANSFERS_MAX, HOST_TRANSFERS_MAX);
    private final FileTurns appends = new FileTurns();

    /// What was last said of the folder to the operator, who is told once.
    private final AtomicReference<String> said = new AtomicReference<>("");

    FileService(FilesFolder files) {
        this.files = files;
    }

    List<Op> ops() {
        UnaryOperator<String> json = JsonText::quoted;
        UnaryOperator<String> compat = CompatText::quoted;
        return List.of(
                op(
                                "fs.read",
                                READ,
                                hostcall -> read(hostcall, FileRequest.Read.of(hostcall.request()), FileAnswer::text),
                                hostcall -> read(
                                        hostcall,
                                        FileRequest.Read.ofCompat(hostcall.request()),
                                        FileAnswer::textCompat))
                        .reading(),
                op(
                                "fs.list",
                                READ,
                                hostcall -> list(hostcall, FileRequest.Listing.of(hostcall.request()), json),
                                hostcall -> list(hostcall, FileRequest.Listing.ofCompat(hostcall.request()), compat))
                        .reading(),
                op(
                                "fs.stat",
                                READ,
                                hostcall -> stat(hostcall, FileRequest.At.orRoot("fs.stat", hostcall.request())),
                                hostcall -> stat(hostcall, FileRequest.At.orRootCompat("fs.stat", hostcall.request())))
                        .reading(),
                op(
                        "fs.write",
                        WRITE,
                        hostcall -> write(hostcall, FileRequest.Write::of),
                        hostcall -> write(hostcall, FileRequest.Write::ofCompat)),
                op(
                        "fs.mkdir",
                        WRITE,
                        hostcall -> makeFolder(hostcall, FileRequest.At.of("fs.mkdir", hostcall.request())),
                        hostcall -> makeFolder(hostcall, FileRequest.At.ofCompat("fs.mkdir", hostcall.request()))),
                op(
                        "fs.delete",
                        WRITE,
                        hostcall -> delete(hostcall, FileRequest.At.of("fs.delete", hostcall.request())),
                        hostcall -> delete(hostcall, FileRequest.At.ofCompat("fs.delete", hostcall.request()))),
                op(
                        "fs.rename",
                        WRITE,
                        hostcall -> rename(hostcall, FileRequest.Rename.of(hostcall.request())),
                        hostcall -> rename(hostcall, FileRequest.Rename.ofCompat(hostcall.request()))));
    }

    private Op op(String name, String capability, OpHandler fast, OpHandler compat) {
        return Op.blocking(name, capability, guarded(name, fast), guarded(name, compat));
    }

    private OpHandler guarded(String op, OpHandler handler) {
        return hostcall -> {
            try {
                return handler.handle(hostcall);
            } catch (ClosedByInterruptException _) {
                throw new InterruptedException("interrupted, op=" + op);
            } catch (SecureFolder.RootException e) {
                return rootFailed(op, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                return failed(op, hostcall, e);
            }
        };
    }

    /// The exceptions' own messages name places of this machine, which are nothing to a guest.
    private static Failed failed(String op, Admitted hostcall, IOException e) {
        return switch (e) {
            case FileRefusal refusal -> new Failed(refusal.code(), op + ": " + refusal.getMessage(), false);
            case NoSuchFileException _ ->
                new Failed(FailedCode.NOT_FOUND, op + ": there is no such file or folder", false);
            case FileAlreadyExistsException _ -> io(op, "there is something of that name already");
            case DirectoryNotEmptyException _ -> io(op, "the folder is not empty");
            case AccessDeniedException _ -> io(op, "the host's user has no right to it");
            default -> {
                LOG.warn("fs: extension={} op={}: {}", hostcall.extension(), op, e.toString());
                yield io(op, "the system could not do it; the host's log says why");
            }
        };
    }

    private static Failed io(String op, String what) {
        return new Failed(FailedCode.IO, op + ": " + what, false);
    }

    private Failed rootFailed(String op, String problem) {
        if (!problem.equals(said.getAndSet(problem))) {
            LOG.warn("fs: the folder for files cannot be used: {}", problem);
        }
        return io(op, "the host's folder for files cannot be used; the host's log says why");
    }

    /// Something to be done below the folder for files.
    @FunctionalInterface
    private interface Work {
        Outcome in(Path root) throws IOException, InterruptedException;
    }

    /// Does it, if the capability covers all paths and there is a folder for files.
    private Outcome allowed(Admitted hostcall, String op, List<FilePath> paths, Work work)
            throws IOException, InterruptedException {
        for (FilePath path : paths) {
            Predicate<Capability> covers = side -> Scopes.coversPath(side, path.text());
            if (!hostcall.allowed().permits(covers)) {
                return denied(
                        op, hostcall.allowed().capability(), hostcall.allowed().refusal(covers), path);
            }
        }
        Optional<Path> root = files.root();
        if (root.isEmpty()) {
            return new Failed(
                    FailedCode.UNSUPPORTED,
                    op + ": this host has no folder for files; its operator sets one, setting=" + FilesFolder.SETTING,
                    false);
        }
        Optional<String> problem = files.problem();
        if (problem.isPresent()) {
            return rootFailed(op, problem.get());
        }
        said.set("");
        return work.in(root.get());
    }

    private static Denied denied(String op, String capability, String rule, FilePath path) {
        String shown = JsonRequest.shown(path.text());
        return new Denied(
                DeniedCode.POLICY,
                op + ": " + Scopes.why(rule, capability) + ", path=" + shown,
                Map.of("capability", capability, "rule", rule, "path", shown));
    }

    private Outcome read(Admitted hostcall, FileRequest.Read request, TextAnswer text)
            throws IOException, InterruptedException {
        FilePath path = request.path();
        return allowed(hostcall, "fs.read", List.of(path), root -> {
            try (SecureFolder folder = SecureFolder.open(root, path.folder())) {
                long bytes = folder.attributes(path.name()).size();
                return transfer(hostcall, bytes, () -> {
                    byte[] content = folder.read(path.name(), FileRequest.CONTENT_BYTES_MAX);
                    return request.text() ? text.of(content) : FileAnswer.bytes(content);
                });
            }
        });
    }

    /// Answers a file's content as text.
    @FunctionalInterface
    private interface TextAnswer {
        Outcome of(byte[] content) throws FileRefusal;
    }

    /// Reads or writes content.
    @FunctionalInterface
    private interface Transfer {
        Outcome run() throws IOException, InterruptedException;
    }

    private Outcome transfer(Admitted hostcall, long bytes, Transfer transfer)
            throws IOException, InterruptedException {
        if (bytes <= SMALL_BYTES_MAX) {
            return transfer.run();
        }
        Optional<Denied> full = slots.enter(hostcall.extension());
        if (full.isPresent()) {
            return full.get();
        }
        try {
            return transfer.run();
        } finally {
            slots.leave(hostcall.extension());
        }
    }

    private Outcome list(Admitted hostcall, FileRequest.Listing request, UnaryOperator<String> quoted)
            throws IOException, InterruptedException {
        FilePath path = request.path();
        return allowed(hostcall, "fs.list", List.of(path), root -> {
            try (SecureFolder folder = SecureFolder.open(root, path.names())) {
                FilePage page = new FilePage(request.after(), request.limit());
                folder.names(name -> {
                    if (page.wants(name) && mayKnow(hostcall, path.child(name))) {
                        page.add(name);
                    }
                });
                return FileAnswer.entries(folder, page, quoted);
            }
        });
    }

    /// What is denied below a folder is not told by its name either.
    private static boolean mayKnow(Admitted hostcall, String path) {
        return !hostcall.allowed().denied(side -> Scopes.coversPath(side, path));
    }

    private Outcome stat(Admitted hostcall, FileRequest.At request) throws IOException, InterruptedException {
        FilePath path = request.path();
        return allowed(hostcall, "fs.stat", List.of(path), root -> {
            try (SecureFolder folder = SecureFolder.open(root, path.isRoot() ? List.of() : path.folder())) {
                BasicFileAttributes attributes = path.isRoot() ? folder.attributes() : folder.attributes(path.name());
                return FileAnswer.facts(attributes);
            }
        });
    }

    private Outcome write(Admitted hostcall, Function<Payload, FileRequest.Write> reader)
            throws IOException, InterruptedException {
        Payload payload = hostcall.request();
        return transfer(hostcall, payload.size(), () -> {
            FileRequest.Write request = reader.apply(payload);
            return allowed(hostcall, "fs.write", List.of(request.path()), root -> written(root, request));
        });
    }

    private Outcome written(Path root, FileRequest.Write request) throws IOException, InterruptedException {
        FilePath path = request.path();
        byte[] content = request.content().unsafeBytes();
        try (SecureFolder folder = SecureFolder.open(root, path.folder())) {
            return switch (request.mode()) {
                case CREATE -> {
                    folder.create(path.name(), content);
                    yield FileAnswer.size(content.length);
                }
                case REPLACE -> {
                    folder.replace(path.name(), content);
                    yield FileAnswer.size(content.length);
                }
                case APPEND -> {
                    appends.enter(path.text());
                    try {
                        yield FileAnswer.size(folder.append(path.name(), content, FileRequest.CONTENT_BYTES_MAX));
                    } finally {
                        appends.leave(path.text());
                    }
                }
            };
        }
    }

    private Outcome makeFolder(Admitted hostcall, FileRequest.At request) throws IOException, InterruptedException {
        FilePath path = request.path();
        return allowed(hostcall, "fs.mkdir", List.of(path), root -> {
            try (SecureFolder folder = SecureFolder.open(root, path.folder())) {
                return CompatText.ok("{\"created\":" + folder.makeFolder(path.name()) + "}");
            }
        });
    }

    private Outcome delete(Admitted hostcall, FileRequest.At request) throws IOException, InterruptedException {
        FilePath path = request.path();
        return allowed(hostcall, "fs.delete", List.of(path), root -> {
            try (SecureFolder folder = SecureFolder.open(root, path.folder())) {
                folder.delete(path.name());
                return DONE;
            }
        });
    }

    private Outcome rename(Admitted hostcall, FileRequest.Rename request) throws IOException, InterruptedException {
        FilePath from = request.from();
        FilePath to = request.to();
        for (FilePath path : List.of(from, to)) {
            // A folder takes along what is in it: what is denied there would get another path.
            if (hostcall.allowed().denied(side -> Scopes.liesBelow(side, path.text()))) {
                return denied("fs.rename", WRITE, Decision.DENIED, path);
            }
        }
        return allowed(hostcall, "fs.rename", List.of(from, to), root -> {
            try (SecureFolder source = SecureFolder.open(root, from.folder());
                    SecureFolder target = SecureFolder.open(root, to.folder())) {
                source.move(from.name(), target, to.name());
                return DONE;
            }
        });
    }
}
